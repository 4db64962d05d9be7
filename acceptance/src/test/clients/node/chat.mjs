// What npm's `openai` makes of /v1/chat/completions and /v1/audio: node chat.mjs URL KEY SAMPLES
import fs from 'node:fs';
import OpenAI from 'openai';

const [url, apiKey, samples] = process.argv.slice(2);
const client = new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });
const model = 'longcat-tiny';
const base64 = (name) => fs.readFileSync(`${samples}/${name}`).toString('base64');
const told = {};

told.models = (await client.models.list()).data.map((one) => one.id);

const whole = await client.chat.completions.create({
  model,
  messages: [{ role: 'user', content: 'What can you do?' }],
});
told.whole = whole.choices[0].message.content;
told.finish = whole.choices[0].finish_reason;
told.tokens = whole.usage.total_tokens === whole.usage.prompt_tokens + whole.usage.completion_tokens;

const stream = await client.chat.completions.create({
  model,
  stream: true,
  stream_options: { include_usage: true },
  messages: [{ role: 'user', content: 'What can you do?' }],
});
told.streamed = '';
for await (const chunk of stream) {
  told.streamed += chunk.choices[0]?.delta?.content ?? '';
  told.usage = chunk.usage ? chunk.usage.completion_tokens > 0 : false;
}

const seen = await client.chat.completions.stream({
  model,
  messages: [{
    role: 'user',
    content: [
      { type: 'image_url', image_url: { url: `data:image/png;base64,${base64('shapes.png')}` } },
      { type: 'text', text: 'What do you see?' },
    ],
  }],
}).finalContent();
told.seen = seen;

const spoken = await client.chat.completions.create({
  model,
  modalities: ['text', 'audio'],
  audio: { voice: 'alloy', format: 'wav' },
  messages: [{
    role: 'user',
    content: [{ type: 'input_audio', input_audio: { data: base64('hours-question.wav'), format: 'wav' } }],
  }],
});
const audio = spoken.choices[0].message.audio;
told.spoken = audio.transcript;
const wav = Buffer.from(audio.data, 'base64');
told.wav = wav.subarray(0, 4).toString() + wav.readUInt32LE(24);

let pcm = 0;
let transcript = '';
for await (const chunk of await client.chat.completions.create({
  model,
  stream: true,
  modalities: ['text', 'audio'],
  audio: { voice: 'alloy', format: 'pcm16' },
  messages: [{ role: 'user', content: 'How many hours has a day?' }],
})) {
  const delta = chunk.choices[0]?.delta?.audio;
  pcm += delta?.data ? Buffer.from(delta.data, 'base64').length : 0;
  transcript += delta?.transcript ?? '';
}
told.streamedAudio = pcm > 24000 && transcript.length > 0;

const file = fs.createReadStream(`${samples}/month-question.wav`);
told.transcribed = (await client.audio.transcriptions.create({ model, file })).text;
const speech = await client.audio.speech.create({
  model, voice: 'alloy', input: 'the pink triangle is large.', response_format: 'wav',
});
told.speech = Buffer.from(await speech.arrayBuffer()).length > 24000;

try {
  await new OpenAI({ baseURL: `${url}/v1`, apiKey: 'wrong', maxRetries: 0 }).models.list();
} catch (error) {
  told.wrongKey = `${error.constructor.name} ${error.status} ${error.code}`;
}
try {
  await client.chat.completions.create({ model, n: 2, messages: [{ role: 'user', content: 'x' }] });
} catch (error) {
  told.refused = `${error.constructor.name} ${error.status} ${error.param}`;
}
console.log(JSON.stringify(told));
