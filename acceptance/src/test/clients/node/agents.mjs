// What npm's `@openai/agents-realtime` makes of /v1/realtime: node agents.mjs URL KEY
import { OpenAIRealtimeWebSocket, RealtimeAgent, RealtimeSession } from '@openai/agents-realtime';

const [url, apiKey] = process.argv.slice(2);
const agent = new RealtimeAgent({ name: 'Tiny', instructions: '' });
const transport = new OpenAIRealtimeWebSocket({ url: `${url.replace('http', 'ws')}/v1/realtime?model=any` });
const session = new RealtimeSession(agent, {
  transport,
  model: 'any',
  tracingDisabled: true,
  config: { outputModalities: ['audio'] },
});
const told = { audio: 0, errors: [] };
session.on('audio', (event) => {
  told.audio += event.data.byteLength;
});
session.on('error', (error) => {
  told.errors.push(String(error.error?.error?.message ?? error.error?.message ?? JSON.stringify(error)));
});
const ended = new Promise((resolve) => session.on('agent_end', (context, one, output) => resolve(output)));
await session.connect({ apiKey });
session.sendMessage('What can you do?');
told.output = await ended;
told.history = session.history.map((item) => item.role);
session.close();
console.log(JSON.stringify(told));
process.exit(0);
