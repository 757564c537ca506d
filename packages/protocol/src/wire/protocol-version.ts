/** What we speak. Core: node/protocol_version.h. */
export const PROTOCOL_VERSION = 70017;

/** Older peers are turned away. */
export const MIN_PROTOCOL_VERSION = 31800;

/** From here on pings carry a nonce (BIP31: above 60000). */
export const PING_NONCE_VERSION = 60001;

/** BIP130. */
export const SENDHEADERS_VERSION = 70012;

/** BIP133. */
export const FEEFILTER_VERSION = 70013;

/** BIP339, and as a courtesy BIP155. */
export const WTXID_RELAY_VERSION = 70016;

/** BIP434. */
export const FEATURE_VERSION = 70017;

/** BIP152. */
export const SHORT_IDS_VERSION = 70014;
