import { JsonObject, type JsonOut } from "@compeer/protocol/rpc/json";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import { NODE_NETWORK, NODE_WITNESS } from "@compeer/protocol/wire/services";
import type { Clock } from "../../clock/clock.ts";
import type { AddressBook, AddressPlace } from "../../net/addresses/address-book.ts";
import {
  type HostAddress,
  type NetworkKind,
  netClass,
  REACHED_NETWORKS,
} from "../../net/addresses/address-class.ts";
import { formatHost, parseHost } from "../../net/addresses/address-text.ts";
import type { Addresses } from "../../net/addresses/addresses.ts";
import { type RpcMethod, rpcMethod } from "./method.ts";
import type { Params } from "./params.ts";

const MAX_PORT = 65_535;

export interface AddressDeps {
  readonly net: { readonly addresses: Addresses };
  readonly clock: Clock;
}

/** Methods about the address book. */
export function addressMethods({ net, clock }: AddressDeps): readonly RpcMethod[] {
  const { addresses } = net;
  return [
    rpcMethod("getnodeaddresses", {
      description: "Some of the addresses that are known, at random; the poor ones are left out.",
      run: ({ params }) => nodeAddresses(addresses.book, params),
    }),
    rpcMethod("getaddrmaninfo", {
      description: "How many addresses of each network are known, in both tables.",
      run: () => bookInfo(addresses.book),
    }),
    rpcMethod("getrawaddrman", {
      description: "Everything in the address book, by table, bucket and position.",
      run: () => ({
        new: tableJson(addresses, addresses.book.places(false)),
        tried: tableJson(addresses, addresses.book.places(true)),
      }),
    }),
    rpcMethod("addpeeraddress", {
      description: "Adds an address to the book, as if it had told of itself. For tests.",
      run: ({ params }) => addAddress(addresses, params, clock.now()),
    }),
  ];
}

function nodeAddresses(book: AddressBook, params: Params): JsonOut {
  const count = params.optionalInt("count", 1);
  if (count < 0) throw new RpcError(RpcErrorCode.invalidParameter, "Address count out of range");
  const text = params.optionalText("network");
  const network = text === undefined ? null : networkNamed(text);
  return book.sample(count, 0, network).map((address) => ({
    time: address.time,
    services: address.services,
    address: formatHost(address),
    port: address.port,
    network: netClass(address),
  }));
}

/** Core: ParseNetwork. */
function networkNamed(text: string): NetworkKind {
  const kind = REACHED_NETWORKS.find((name) => name === text.toLowerCase());
  if (kind === undefined)
    throw new RpcError(RpcErrorCode.invalidParameter, `Network not recognized: ${text}`);
  return kind;
}

function bookInfo(book: AddressBook): JsonOut {
  const { tables } = book;
  const networks = REACHED_NETWORKS.map((kind): [string, JsonOut] => {
    const { new: fresh, tried } = tables.counts.get(kind) ?? { new: 0, tried: 0 };
    return [kind, { new: fresh, tried, total: fresh + tried }];
  });
  const { newCount, triedCount } = tables;
  const all = { new: newCount, tried: triedCount, total: newCount + triedCount };
  return { ...Object.fromEntries(networks), all_networks: all };
}

function tableJson({ groups }: Addresses, places: readonly AddressPlace[]): JsonOut {
  const system = (address: HostAddress): number | undefined =>
    groups.autonomousSystem(address) || undefined;
  return new JsonObject(
    places.map(({ entry, bucket, position }): [string, JsonOut] => [
      `${bucket}/${position}`,
      {
        address: formatHost(entry),
        mapped_as: system(entry),
        port: entry.port,
        services: entry.services,
        time: entry.time,
        network: netClass(entry),
        source: formatHost(entry.source),
        source_network: netClass(entry.source),
        source_mapped_as: system(entry.source),
      },
    ]),
  );
}

function addAddress({ book, reachable }: Addresses, params: Params, time: number): JsonOut {
  const text = params.text("address");
  const port = params.int("port", 0, MAX_PORT);
  const isTried = params.optionalBool("tried", false);
  const parsed = parseHost(text, port);
  if (parsed === null)
    throw new RpcError(RpcErrorCode.clientInvalidIpOrSubnet, "Invalid IP address");
  const address = reachable.asCjdns(parsed);
  const services = NODE_NETWORK | NODE_WITNESS;
  if (!book.add([{ ...address, time, services }], address))
    return { error: "failed-adding-to-new", success: false };
  if (isTried && !book.good(address)) return { error: "failed-adding-to-tried", success: false };
  return { success: true };
}
