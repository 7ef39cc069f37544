/** Container images are names of host programs here. */
import { fileURLToPath } from 'node:url';

/** Image name → the words of its entry point. */
export type ImageTable = ReadonlyMap<string, readonly string[]>;

/** The entry point of the built-in echo server. */
export const echoCommand: readonly string[] = [
  process.execPath,
  '--disable-warning=ExperimentalWarning',
  fileURLToPath(new URL('../../main/kdc.ts', import.meta.url)),
  'echo',
];

/** `registry.example:5000/library/nginx:1.27@sha256:…` → `nginx`. */
export const imageBaseName = (image: string): string =>
  (image.split('/').at(-1) ?? image).replace(/@.*$/, '').replace(/:.*$/, '');

/** An alias may be the whole image reference or just its base name; the more exact one wins. */
export const findImage = (images: ImageTable, image: string): readonly string[] | undefined =>
  images.get(image) ?? images.get(imageBaseName(image));

/** What is wrong and what to do, for the container's waiting message. */
export const unknownImageMessage = (images: ImageTable, image: string): string =>
  `image "${image}" stands for no program in this lab; known: ${[...images.keys()].sort().join(', ') || 'none'}. ` +
  `Add it with: kdc lab up --image ${imageBaseName(image)}=COMMAND`;
