/** Where the API server is and who we are to it. Certificates and keys are PEM text. */
export interface ClusterConfig {
  /** Base URL, such as `https://10.101.0.1:443`; may carry a path when the API is behind a proxy. */
  readonly server: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly token?: string;
  /** A bearer token that someone rotates: read again once a minute, and at once when the server answers 401. */
  readonly tokenFile?: string;
  /** Asked for the `Authorization` header before every request; for credential plug-ins, which cache by themselves. */
  readonly authorization?: () => Promise<string | undefined>;
  readonly insecureSkipTlsVerify?: boolean;
  /** The name the server's certificate has to carry, where it is not the host of `server`. */
  readonly tlsServerName?: string;
  /** A unix socket that relays bytes to the API server. TLS, if any, is spoken through it and checked as without it. */
  readonly socketPath?: string;
}

/** A configuration that cannot be used; `message` names the file and the field. */
export class ClusterConfigError extends Error {
  override readonly name = 'ClusterConfigError';
}
