import type { Option } from "../option.ts";

/** Notifications. */
export const ZMQ_OPTIONS: readonly Option[] = [
  {
    name: "zmqpubhashblock",
    value: "<address>",
    group: "ZeroMQ notification options",
    help: "Publish the hash of each block at this address",
  },
  {
    name: "zmqpubhashblockhwm",
    value: "<n>",
    group: "ZeroMQ notification options",
    help: "Messages of -zmqpubhashblock that may wait (default: 1000)",
  },
  {
    name: "zmqpubhashtx",
    value: "<address>",
    group: "ZeroMQ notification options",
    help: "Publish the id of each transaction at this address",
  },
  {
    name: "zmqpubhashtxhwm",
    value: "<n>",
    group: "ZeroMQ notification options",
    help: "Messages of -zmqpubhashtx that may wait (default: 1000)",
  },
  {
    name: "zmqpubrawblock",
    value: "<address>",
    group: "ZeroMQ notification options",
    help: "Publish each block at this address",
  },
  {
    name: "zmqpubrawblockhwm",
    value: "<n>",
    group: "ZeroMQ notification options",
    help: "Messages of -zmqpubrawblock that may wait (default: 1000)",
  },
  {
    name: "zmqpubrawtx",
    value: "<address>",
    group: "ZeroMQ notification options",
    help: "Publish each transaction at this address",
  },
  {
    name: "zmqpubrawtxhwm",
    value: "<n>",
    group: "ZeroMQ notification options",
    help: "Messages of -zmqpubrawtx that may wait (default: 1000)",
  },
  {
    name: "zmqpubsequence",
    value: "<address>",
    group: "ZeroMQ notification options",
    help: "Publish every change of blocks and waiting transactions at this address",
  },
  {
    name: "zmqpubsequencehwm",
    value: "<n>",
    group: "ZeroMQ notification options",
    help: "Messages of -zmqpubsequence that may wait (default: 1000)",
  },
];
