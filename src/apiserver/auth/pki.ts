import 'reflect-metadata';
import { createPrivateKey, randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const tenYears = 10 * 365 * 24 * 3600 * 1000;

/** A self-signed certificate authority, valid for ten years from `now` (milliseconds). */
export const makeAuthority = async (commonName: string, now: number): Promise<KeyPair> => {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      ...validity(now),
      name: [{ CN: [commonName] }],
      keys,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(
          x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign | x509.KeyUsageFlags.digitalSignature,
          true,
        ),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    },
    webcrypto,
  );
  return toPem(certificate, keys.privateKey);
};

/** `names`: host names and addresses the server is reached by. */
export const issueServerCertificate = (authority: KeyPair, names: readonly string[], now: number): Promise<KeyPair> =>
  issue(authority, [{ CN: ['kube-apiserver'] }], now, [
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    new x509.SubjectAlternativeNameExtension(names.map(name => ({ type: isIP(name) ? 'ip' : 'dns', value: name }))),
  ]);

/** A client certificate: the user is the common name, its groups are the organisations. */
export const issueClientCertificate = (
  authority: KeyPair,
  user: { name: string; groups: readonly string[] },
  now: number,
): Promise<KeyPair> =>
  issue(authority, [...user.groups.map(group => ({ O: [group] })), { CN: [user.name] }], now, [
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
  ]);

/** Whether the certificate is still good for a month, was issued by the authority, and covers every name. */
export const stillServes = (pair: KeyPair, authority: KeyPair, names: readonly string[], now: number): boolean => {
  const certificate = new X509Certificate(pair.cert);
  const issuer = new X509Certificate(authority.cert);
  const month = 30 * 24 * 3600 * 1000;
  return (
    certificate.verify(issuer.publicKey) &&
    certificate.checkPrivateKey(createPrivateKey(pair.key)) &&
    certificate.validToDate.getTime() > now + month &&
    names.every(name => (isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name)) !== undefined)
  );
};

const issue = async (
  authority: KeyPair,
  subject: x509.JsonName,
  now: number,
  extensions: x509.Extension[],
): Promise<KeyPair> => {
  const issuer = new x509.X509Certificate(authority.cert);
  const der = createPrivateKey(authority.key).export({ format: 'der', type: 'pkcs8' });
  const signingKey = await webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create(
    {
      ...validity(now),
      subject,
      issuer: issuer.subject,
      publicKey: keys.publicKey,
      signingKey,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        await x509.AuthorityKeyIdentifierExtension.create(await issuer.publicKey.export()),
        ...extensions,
      ],
    },
    webcrypto,
  );
  return toPem(certificate, keys.privateKey);
};

/** Clocks of two machines may differ: valid from an hour ago. */
const validity = (now: number): { serialNumber: string; notBefore: Date; notAfter: Date } => ({
  serialNumber: `00${randomBytes(15).toString('hex')}`,
  notBefore: new Date(now - 3600 * 1000),
  notAfter: new Date(now + tenYears),
});

const toPem = async (certificate: x509.X509Certificate, privateKey: webcrypto.CryptoKey): Promise<KeyPair> => {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', privateKey));
  return { cert: certificate.toString('pem'), key: pem('PRIVATE KEY', der) };
};

const pem = (label: string, der: Buffer): string =>
  `-----BEGIN ${label}-----\n${der.toString('base64').replaceAll(/.{64}/g, '$&\n').trimEnd()}\n-----END ${label}-----\n`;
