// What npm's `openai` makes of /v1/realtime: node realtime.mjs URL KEY SAMPLES
import fs from 'node:fs';
import net from 'node:net';
import OpenAI from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';

const [url, apiKey, samples] = process.argv.slice(2);
const client = new OpenAI({ baseURL: `${url}/v1`, apiKey });
// The package opens wss: whatever the base URL says; without TLS the connection is made here.
const createConnection = (options) => net.connect({ host: options.host, port: options.port });
const realtime = new OpenAIRealtimeWS({ model: 'gpt-realtime', options: { createConnection } }, client);
const told = { types: [] };
const waiting = [];
realtime.on('event', (event) => {
  if (!told.types.includes(event.type)) told.types.push(event.type);
  if (event.type === 'response.output_audio.delta') {
    told.audio = (told.audio ?? 0) + Buffer.from(event.delta, 'base64').length;
  }
  for (const one of [...waiting]) {
    if (one.type === event.type) {
      waiting.splice(waiting.indexOf(one), 1);
      one.resolve(event);
    }
  }
});
realtime.on('error', (error) => {
  told.error = error.error?.code ?? error.message;
});
const next = (type) => new Promise((resolve) => waiting.push({ type, resolve }));

const created = await next('session.created');
told.session = created.session.type;

// A written question, answered in writing.
let updated = next('session.updated');
realtime.send({ type: 'session.update', session: { type: 'realtime', output_modalities: ['text'] } });
told.modalities = (await updated).session.output_modalities;
let done = next('response.done');
realtime.send({
  type: 'conversation.item.create',
  item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'My name is Anna.' }] },
});
realtime.send({ type: 'response.create' });
told.text = (await done).response.output[0].content[0].text;

// A spoken question, answered aloud by itself when the person is silent.
updated = next('session.updated');
realtime.send({
  type: 'session.update',
  session: {
    type: 'realtime',
    output_modalities: ['audio'],
    audio: { input: { transcription: { model: 'any' } } },
  },
});
await updated;
const transcribed = next('conversation.item.input_audio_transcription.completed');
done = next('response.done');
const wav = fs.readFileSync(`${samples}/hours-question.wav`).subarray(44);
const pcm = to24k(wav);
const silence = Buffer.alloc(24000 * 2 * 1.5);
for (const sound of [pcm, silence]) {
  for (let at = 0; at < sound.length; at += 9600) {
    realtime.send({
      type: 'input_audio_buffer.append',
      audio: sound.subarray(at, at + 9600).toString('base64'),
    });
  }
}
const spoken = await done;
told.status = spoken.response.status;
told.transcript = spoken.response.output[0].content[0].transcript;
told.usage = spoken.response.usage.output_tokens > 0;
told.transcribed = (await transcribed).transcript;

// It remembers what was written before.
done = next('response.done');
realtime.send({
  type: 'conversation.item.create',
  item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'What is my name?' }] },
});
realtime.send({ type: 'response.create', response: { output_modalities: ['text'] } });
told.memory = (await done).response.output[0].content[0].text;

const failed = new Promise((resolve) => realtime.on('error', resolve));
realtime.send({ type: 'no.such.event' });
await failed;
realtime.close();
console.log(JSON.stringify(told));

// The samples are of 16 kHz: three for two, straight lines between them.
function to24k(bytes) {
  const count = Math.floor((bytes.length / 2) * 1.5);
  const out = Buffer.alloc(count * 2);
  for (let i = 0; i < count; i++) {
    const place = i / 1.5;
    const left = Math.floor(place);
    const right = Math.min(left + 1, bytes.length / 2 - 1);
    const a = bytes.readInt16LE(left * 2);
    const b = bytes.readInt16LE(right * 2);
    out.writeInt16LE(Math.round(a + (b - a) * (place - left)), i * 2);
  }
  return out;
}
