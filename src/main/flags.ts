/** The flags of the programs, as commander hands them over. */

export interface ApiServerFlags {
  data: string;
  kubeconfig: string;
  port: number;
  alsoKnownAs: readonly string[];
}

export interface ControllerFlags {
  kubeconfig?: string;
  ovnNb: string;
  ovnCa?: string;
  ovnCert?: string;
  ovnKey?: string;
  vpcEngine: boolean;
  leaderElect: boolean;
  namespace: string;
  logLevel: string;
}
