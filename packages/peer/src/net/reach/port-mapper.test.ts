import assert from "node:assert/strict";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Clock } from "../../clock/clock.ts";
import { formatAddress } from "../addresses/address-text.ts";
import { LocalAddresses } from "../addresses/local-addresses.ts";
import { ReachableNetworks } from "../addresses/reachable-networks.ts";
import { SYSTEM_RANDOM } from "../random.ts";
import { decodeNatPmpAddress, decodeNatPmpMap, decodePcpMap } from "./pcp.ts";
import { PortMapper } from "./port-mapper.ts";

const PORT = 8333;
const OUTSIDE = [9, 8, 7, 6];

/** What a gateway sends back to a packet; several packets if it likes. */
type Answer = (request: Uint8Array) => readonly (readonly number[])[];

interface Lab {
  readonly requests: Uint8Array[];
  readonly lines: string[];
  readonly local: LocalAddresses;
  close(): void;
}

async function lab(answer: Answer): Promise<Lab> {
  const gateway: Socket = createSocket("udp4");
  const requests: Uint8Array[] = [];
  gateway.on("message", (request, from) => {
    requests.push(new Uint8Array(request));
    for (const packet of answer(request)) gateway.send(Uint8Array.from(packet), from.port);
  });
  gateway.bind(0, "127.0.0.1");
  await once(gateway, "listening");
  const lines: string[] = [];
  const add = (text: string): void => void lines.push(text);
  const log = {
    info: add,
    warning: add,
    error: add,
    debug: (_: string, text: string) => add(text),
  };
  const local = new LocalAddresses({
    log,
    random: SYSTEM_RANDOM,
    reachable: new ReachableNetworks(),
    discover: true,
    listen: true,
  });
  const mapper = new PortMapper({
    clock: new Clock(),
    log,
    local,
    port: PORT,
    gateways: () => ({ ipv4: "127.0.0.1", ipv6: null }),
    gatewayPort: gateway.address().port,
  });
  void mapper.run();
  const close = (): void => {
    mapper.close();
    gateway.close();
  };
  return { requests, lines, local, close };
}

async function until(test: () => boolean): Promise<void> {
  while (!test()) await new Promise((resolve) => setTimeout(resolve, 5));
}

function pcpAnswer(request: Uint8Array, code = 0): number[] {
  const bytes = [...request];
  bytes[1] = 0x81;
  bytes[3] = code;
  bytes.splice(4, 4, 0, 0, 2, 88);
  bytes.splice(42, 2, 0x30, 0x39);
  bytes.splice(44, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, ...OUTSIDE);
  return bytes;
}

function natPmpAnswer(request: Uint8Array): number[] {
  if (request[0] === 2) return [0, 0x81, 0, 1, 0, 0, 0, 0];
  if (request[1] === 0) return [0, 0x80, 0, 0, 0, 0, 0, 0, ...OUTSIDE];
  return [
    0,
    0x82,
    0,
    0,
    0,
    0,
    0,
    0,
    request[4] as number,
    request[5] as number,
    0x30,
    0x39,
    0,
    0,
    2,
    88,
  ];
}

const own = (local: LocalAddresses): string[] =>
  local.list().map(({ address }) => formatAddress(address));

describe("PortMapper", () => {
  it("has a gateway map the port by PCP, and tells others of the address outside", async () => {
    const { local, requests, lines, close } = await lab((request) => [pcpAnswer(request)]);
    await until(() => local.list().length > 0);
    assert.deepEqual(own(local), ["9.8.7.6:12345"]);
    const [request] = requests as [Uint8Array];
    assert.equal(request.length, 60);
    assert.deepEqual([...request.subarray(0, 8)], [2, 1, 0, 0, 0, 0, 4, 176]);
    assert.deepEqual(
      [...request.subarray(8, 24)],
      [...new Array(10).fill(0), 255, 255, 127, 0, 0, 1],
    );
    assert.deepEqual([...request.subarray(36, 44)], [6, 0, 0, 0, 32, 141, 32, 141]);
    assert.ok(lines.some((line) => line.includes("9.8.7.6:12345 -> 127.0.0.1:8333 (for 600s)")));
    close();
  });

  it("falls back to NAT-PMP where the gateway knows no more", async () => {
    const { local, requests, close } = await lab((request) => [natPmpAnswer(request)]);
    await until(() => local.list().length > 0);
    assert.deepEqual(own(local), ["9.8.7.6:12345"]);
    assert.deepEqual(
      requests.map((request) => request.length),
      [60, 2, 12],
    );
    close();
  });

  it("maps nothing when the gateway refuses, and says when the port is taken", async () => {
    const { local, lines, close } = await lab((request) => [pcpAnswer(request, 8)]);
    await until(() => lines.some((line) => line.includes("NO_RESOURCES")));
    assert.deepEqual(own(local), []);
    close();
  });

  it("D21: a gateway that answers with a flood of rubbish gets nothing and costs three seconds", async () => {
    const rubbish = [[], [1], new Array(1500).fill(255), new Array(60).fill(2)];
    const { local, lines, requests, close } = await lab((request) => {
      const stranger = pcpAnswer(request);
      stranger[24] = (stranger[24] as number) ^ 1; // Not our nonce.
      return [...rubbish, stranger, ...new Array(200).fill([2, 0x81])];
    });
    await until(() => lines.some((line) => line.includes("no answer")));
    assert.equal(requests.length, 3);
    assert.deepEqual(own(local), []);
    close();
  });

  it("D21: no packet of any bytes breaks what reads it", () => {
    const wish = { port: PORT, lifetime: 1200, nonce: new Uint8Array(12) };
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.constantFrom(0, 2), (bytes, version) => {
        if (bytes.length > 0) bytes[0] = version;
        decodePcpMap(bytes, wish);
        decodeNatPmpAddress(bytes);
        decodeNatPmpMap(bytes, wish);
      }),
    );
  });
});
