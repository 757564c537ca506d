import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Notice } from "../../parts/notice.tsx";
import { QrCollector } from "./split-psbt.ts";

/** What browsers that read codes have; TypeScript's DOM does not list it. */
interface CodeReader {
  detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>;
}
type CodeReaderClass = new (options: { formats: readonly string[] }) => CodeReader;

const Reader = (globalThis as { BarcodeDetector?: CodeReaderClass }).BarcodeDetector;
const LOOK_MS = 150;

interface Props {
  onText(text: string): void;
}

/** Reads a code, or a run of codes, with the camera; where the browser cannot, it says so. */
export function CameraScan({ onText }: Props): JSX.Element {
  const open = useSignal(false);
  if (Reader === undefined)
    return (
      <span class="muted small">
        This browser reads no codes by camera: open the file or paste the text.
      </span>
    );
  const close = (): void => {
    open.value = false;
  };
  return (
    <>
      <Button
        onClick={() => {
          open.value = true;
        }}
      >
        Use the camera
      </Button>
      {open.value && (
        <Dialog title="Hold the code before the camera" onClose={close}>
          <Scanner
            Reader={Reader}
            onText={(text) => {
              close();
              onText(text);
            }}
          />
        </Dialog>
      )}
    </>
  );
}

function Scanner({ Reader, onText }: Props & { readonly Reader: CodeReaderClass }): JSX.Element {
  const video = useRef<HTMLVideoElement>(null);
  const seen = useSignal<string | null>(null);
  const error = useSignal<string | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    const say = (text: string): void => {
      seen.value = text;
    };
    watch(video.current as HTMLVideoElement, new Reader({ formats: ["qr_code"] }), stop.signal, say)
      .then((text) => {
        if (text !== null) onText(text);
      })
      .catch((failure: unknown) => {
        error.value = failure instanceof Error ? failure.message : String(failure);
      });
    return () => stop.abort();
  }, []);
  return (
    <div class="stack">
      <video ref={video} class="camera" muted playsInline />
      <p aria-live="polite">{seen.value ?? "Nothing read yet."}</p>
      {error.value !== null && <Notice kind="error">No camera: {error.value}</Notice>}
    </div>
  );
}

/** Looks through the camera until a text is whole; null when told to stop. */
async function watch(
  video: HTMLVideoElement,
  reader: CodeReader,
  stop: AbortSignal,
  say: (progress: string) => void,
): Promise<string | null> {
  const stream = await navigator.mediaDevices.getUserMedia({
    video: { facingMode: "environment" },
  });
  try {
    video.srcObject = stream;
    await video.play();
    const collector = new QrCollector();
    while (!stop.aborted) {
      for (const { rawValue } of await reader.detect(video)) {
        const whole = collector.add(rawValue);
        if (whole !== null) return whole;
        say(`${collector.progress.have} of ${collector.progress.of} codes.`);
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    return null;
  } finally {
    for (const track of stream.getTracks()) track.stop();
  }
}
