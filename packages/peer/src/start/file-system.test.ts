import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { describe, it } from "node:test";
import { fileSystemWarning } from "./file-system.ts";

const EXT4 = 0xef53;
const NFS = 0x6969;
const SMB2 = 0xfe534d42;

describe("fileSystemWarning", () => {
  it("K04 warns of exFAT and of network file systems, by name", () => {
    for (const [type, name] of [
      [0x2011bab0, "exFAT"],
      [NFS, "NFS"],
      [SMB2, "SMB"],
      [SMB2 | 0, "SMB"],
    ] as const)
      assert.ok(
        fileSystemWarning("/data", type, "linux")?.startsWith(
          `The data directory /data is on ${name},`,
        ),
      );
  });

  it("says nothing of others, nor on systems that number them otherwise", () => {
    assert.equal(fileSystemWarning("/data", EXT4, "linux"), null);
    assert.equal(fileSystemWarning("/data", NFS, "darwin"), null);
  });

  it("asks the system about a folder", () => {
    assert.doesNotThrow(() => fileSystemWarning(tmpdir()));
  });
});
