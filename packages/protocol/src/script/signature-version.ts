/** Which rules a script runs under and how its signatures hash. Core: SigVersion. */
export type SignatureVersion = "base" | "witness-v0" | "tapscript";
