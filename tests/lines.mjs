// Speaks JSON lines on stdin and stdout: {"id": 1, "do": "name", ...} is answered by
// {"id": 1, "ok": value} or {"id": 1, "error": text}. Ends when stdin does, so that no
// process outlives the tests that started it.
import { createInterface } from 'node:readline';

export function answer(commands, atEnd = async () => {}) {
  const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
  const lines = createInterface({ input: process.stdin });
  lines.on('line', async (text) => {
    const { id, do: name, ...args } = JSON.parse(text);
    try {
      say({ id, ok: (await commands[name](args)) ?? null });
    } catch (error) {
      say({ id, error: String(error?.stack ?? error) });
    }
  });
  lines.on('close', async () => {
    await atEnd();
    process.exit(0);
  });
}
