import { describe, expect, it } from 'vitest';
import { findImage, imageBaseName, unknownImageMessage } from './images.ts';

const images = new Map([
  ['nginx', ['nginx']],
  ['ghcr.io/acme/echo:2', ['echo2']],
  ['echo', ['echo']],
]);

describe('an image', () => {
  it.each([
    ['nginx', 'nginx'],
    ['nginx:1.27', 'nginx'],
    ['registry.example:5000/library/nginx', 'nginx'],
    ['nginx:1.27@sha256:0123', 'nginx'],
    ['nginx@sha256:0123', 'nginx'],
  ])('%s has the base name %s', (image, name) => {
    expect(imageBaseName(image)).toBe(name);
  });

  it('is found by its whole reference before its base name', () => {
    expect(findImage(images, 'ghcr.io/acme/echo:2')).toEqual(['echo2']);
    expect(findImage(images, 'ghcr.io/acme/echo:3')).toEqual(['echo']);
    expect(findImage(images, 'redis')).toBeUndefined();
  });

  it('that is unknown is answered with those that are, and with what to do', () => {
    expect(unknownImageMessage(images, 'docker.io/redis:7')).toBe(
      'image "docker.io/redis:7" stands for no program in this lab; known: echo, ghcr.io/acme/echo:2, nginx. ' +
        'Add it with: kdc lab up --image redis=COMMAND',
    );
  });
});
