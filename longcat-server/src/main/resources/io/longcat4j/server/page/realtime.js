// The connection: events of the OpenAI Realtime API over a WebSocket, and two of this server's own,
// input_video_buffer.append and output_audio_buffer.played.

const KEY = 'openai-insecure-api-key.';

/** The name of the model, or an error that says what the server said. */
export async function findModel(key) {
  const headers = key ? { Authorization: `Bearer ${key}` } : {};
  const answer = await fetch('/v1/models', { headers });
  if (answer.status === 401) {
    throw Object.assign(new Error('This server asks for a key'), { needsKey: true });
  }
  if (!answer.ok) {
    throw new Error(`The server answered ${answer.status} to /v1/models`);
  }
  const models = await answer.json();
  return models.data[0].id;
}

export class Connection extends EventTarget {
  /** Opens; events of the server come as events of their type, with the JSON as detail. */
  static open(model, key) {
    const url = new URL('/v1/realtime', location.href);
    url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
    url.searchParams.set('model', model);
    const socket = new WebSocket(url, key ? ['realtime', KEY + key] : ['realtime']);
    const connection = new Connection(socket);
    return new Promise((resolve, reject) => {
      connection.addEventListener('session.created', () => resolve(connection), { once: true });
      connection.addEventListener('closed', ({ detail }) => reject(new Error(detail)), { once: true });
    });
  }

  constructor(socket) {
    super();
    this.socket = socket;
    this.next = 0;
    socket.onmessage = ({ data }) => {
      const event = JSON.parse(data);
      this.dispatchEvent(new CustomEvent(event.type, { detail: event }));
    };
    socket.onclose = ({ code, reason }) => {
      const why = reason || (code === 1000 ? 'The conversation is over' : `The connection was closed (${code})`);
      this.dispatchEvent(new CustomEvent('closed', { detail: why }));
    };
  }

  get isOpen() {
    return this.socket.readyState === WebSocket.OPEN;
  }

  on(type, listener) {
    this.addEventListener(type, ({ detail }) => listener(detail));
    return this;
  }

  /** Sends an event; gives its id, which an error would name. */
  send(type, fields = {}) {
    const id = `page_${this.next++}`;
    if (this.isOpen) {
      this.socket.send(JSON.stringify({ type, event_id: id, ...fields }));
    }
    return id;
  }

  /** Whether the network is behind, so that a picture had better be left out. */
  get isBehind() {
    return this.socket.bufferedAmount > 1 << 20;
  }

  close() {
    this.socket.close(1000);
  }
}

export function toBase64(bytes) {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return btoa(text);
}

/** Signed 16-bit samples to numbers between -1 and 1. */
export function toSamples(base64) {
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const samples = new Float32Array(bytes.length >> 1);
  for (let i = 0; i < samples.length; i++) {
    samples[i] = view.getInt16(2 * i, true) / 32768;
  }
  return samples;
}
