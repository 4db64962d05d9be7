// A conversation: what is heard, seen and typed goes to the server, what it says is played, and
// whoever interrupts it silences it at once.
import { Connection, toBase64, toSamples } from './realtime.js';
import { RATE } from './sound.js';

const LEAST_HELD_MILLIS = 200;
const TAIL = 64; // of silence, behind the filter of the player

export class Talk extends EventTarget {
  static async begin(model, key, speaker, options) {
    return new Talk(await Connection.open(model, key), speaker, options);
  }

  constructor(connection, speaker, options) {
    super();
    this.connection = connection;
    this.speaker = speaker;
    this.options = options; // {push, silenceMillis}
    this.sent = 0; // samples
    this.typed = 0;
    this.clock = []; // [samples, when] of the last minute
    this.dropped = new Set(); // responses that were interrupted
    this.items = new Map(); // item to its response
    this.ignored = new Set(); // events whose errors do not matter
    this.padding = 0;
    this.over = null; // when the turn was over
    this.lastWord = null;
    this.holding = null;
    speaker.onPlayed = (item, millis) => this.played(item, millis);
    speaker.onBegin = (item, delay) => this.begins(delay);
    this.listen();
    this.update();
  }

  listen() {
    const both = (types, listener) => types.forEach((type) => this.connection.on(type, listener));
    this.connection
      .on('session.updated', ({ session }) => (this.padding = session.audio.input.turn_detection?.prefix_padding_ms ?? 0))
      .on('input_audio_buffer.speech_started', (event) => this.speechStarted(event))
      .on('input_audio_buffer.speech_stopped', (event) => this.speechStopped(event))
      .on('input_audio_buffer.committed', () => this.committed())
      .on('conversation.item.added', ({ item }) => this.added(item))
      .on('conversation.item.done', ({ item }) => this.done(item))
      .on('conversation.item.truncated', ({ item_id }) => this.tell('cut', { item: item_id }))
      .on('conversation.item.input_audio_transcription.completed', (event) =>
        this.tell('heard', { item: event.item_id, text: event.transcript }))
      .on('response.output_audio.delta', (event) => this.sound(event))
      .on('response.output_audio.done', (event) => this.soundDone(event))
      .on('response.created', ({ response }) => this.responseCreated(response))
      .on('response.done', ({ response }) => this.responseDone(response))
      .on('error', ({ error }) => this.ignored.delete(error.event_id) || this.tell('problem', error.message))
      .on('closed', (why) => this.tell('closed', why));
    both(['response.output_audio_transcript.delta', 'response.output_text.delta'], (event) => {
      if (!this.dropped.has(event.response_id)) {
        this.tell('words', { item: event.item_id, more: event.delta });
      }
    });
  }

  tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** Turns, as they are set now. */
  update() {
    const { push, silenceMillis } = this.options;
    const turns = push ? null : { type: 'server_vad', silence_duration_ms: silenceMillis };
    const format = { type: 'audio/pcm', rate: RATE };
    const input = { format, turn_detection: turns, transcription: { model: 'longcat' } };
    this.connection.send('session.update', {
      session: { type: 'realtime', output_modalities: ['audio'], audio: { input, output: { format } } },
    });
  }

  /** 16-bit samples of the microphone. */
  hear(bytes) {
    if (this.options.push && this.holding === null) {
      return;
    }
    this.sent += bytes.length / 2;
    this.clock.push([this.sent, performance.now()]);
    if (this.clock.length > 3000) {
      this.clock.splice(0, 1500);
    }
    this.connection.send('input_audio_buffer.append', { audio: toBase64(bytes) });
  }

  see(picture) {
    if (!this.connection.isBehind) {
      this.connection.send('input_video_buffer.append', { image: picture });
    }
  }

  async type(text) {
    await this.silence();
    const id = `item_page_${Date.now().toString(36)}_${this.typed++}`;
    const item = { id, type: 'message', role: 'user', content: [{ type: 'input_text', text }] };
    this.connection.send('conversation.item.create', { item });
    this.ask();
  }

  ask() {
    this.over = performance.now();
    this.lastWord = null;
    this.connection.send('response.create');
    this.tell('state');
  }

  /** The button of push-to-talk. */
  hold() {
    if (this.holding === null) {
      this.silence();
      this.holding = performance.now();
      this.tell('state');
    }
  }

  release() {
    if (this.holding === null) {
      return;
    }
    const millis = performance.now() - this.holding;
    this.holding = null;
    if (millis < LEAST_HELD_MILLIS) {
      this.connection.send('input_audio_buffer.clear');
      this.tell('state');
    } else {
      this.ignored.add(this.connection.send('input_audio_buffer.commit'));
      this.ask();
    }
  }

  /** Stops what is being said: the button, a typed message, push-to-talk. */
  async silence() {
    if (this.isAnswering || this.speaker.isPlaying) {
      await this.stop();
      this.connection.send('output_audio_buffer.clear');
    }
  }

  /** No more sound of this reply; the server is told what was heard of it. */
  async stop() {
    if (this.response) {
      this.dropped.add(this.response);
    }
    const wasPlaying = this.speaker.isPlaying;
    const { item, playedMillis } = await this.speaker.clear();
    if (wasPlaying && item !== null) {
      this.dropped.add(this.items.get(item));
      const heard = { item_id: item, content_index: 0, audio_end_ms: Math.floor(playedMillis) };
      this.ignored.add(this.connection.send('conversation.item.truncate', heard));
      this.tell('cut', { item });
    }
    this.tell('state');
  }

  async speechStarted(event) {
    const began = this.timeOf(event.audio_start_ms + this.padding);
    this.isSpeaking = true;
    this.tell('state');
    if (this.isAnswering || this.speaker.isPlaying) {
      const audible = this.speaker.isPlaying;
      await this.stop();
      if (audible && began !== null) {
        this.tell('latency', { stop: performance.now() - began });
      }
    }
  }

  speechStopped(event) {
    this.isSpeaking = false;
    this.over = performance.now();
    this.lastWord = this.timeOf(event.audio_end_ms);
    this.tell('state');
  }

  /** A turn is over, also one of push-to-talk, where no silence is told. */
  committed() {
    this.isSpeaking = false;
    this.tell('state');
  }

  /** When a moment of the sound that was sent was heard, or null if it is too long ago. */
  timeOf(millis) {
    const sample = (millis * RATE) / 1000;
    const piece = this.clock.find(([samples]) => samples >= sample);
    return piece ? piece[1] - ((piece[0] - sample) * 1000) / RATE : null;
  }

  added(item) {
    if (item.role === 'user') {
      const typed = item.content.find((part) => part.type === 'input_text');
      this.tell('asked', { item: item.id, text: typed ? typed.text : null });
    }
  }

  done(item) {
    const words = item.role === 'assistant' && item.status === 'incomplete' ? item.content[0]?.transcript : undefined;
    if (words !== undefined) {
      this.tell('kept', { item: item.id, text: words });
    }
  }

  responseCreated(response) {
    this.response = response.id;
    this.isSpoken = false;
    this.tell('state');
  }

  sound(event) {
    if (!this.dropped.has(event.response_id)) {
      this.isSpoken = true;
      this.items.set(event.item_id, event.response_id);
      this.speaker.play(event.item_id, toSamples(event.delta));
    }
  }

  soundDone(event) {
    if (!this.dropped.has(event.response_id) && this.items.has(event.item_id)) {
      this.speaker.play(event.item_id, new Float32Array(TAIL));
    }
  }

  responseDone(response) {
    this.response = null;
    if (response.status === 'failed') {
      this.tell('problem', response.status_details?.error?.message ?? 'The reply failed');
    }
    this.over = this.isSpoken && response.status === 'completed' ? this.over : null;
    this.tell('state');
  }

  begins(delay) {
    const audible = performance.now() + delay;
    if (this.over !== null) {
      this.tell('latency', {
        turn: audible - this.over,
        word: this.lastWord === null ? undefined : audible - this.lastWord,
      });
      this.over = null;
    }
    this.tell('state');
  }

  played(item, millis) {
    if (!this.dropped.has(this.items.get(item))) {
      this.connection.send('output_audio_buffer.played', { audio_end_ms: Math.floor(millis) });
    }
    this.tell('state');
  }

  get isAnswering() {
    return Boolean(this.response);
  }

  get state() {
    if (this.isSpeaking || this.holding !== null) {
      return 'you';
    }
    if (this.speaker.isPlaying) {
      return 'model';
    }
    return this.over !== null ? 'thinking' : 'listening';
  }

  close() {
    this.speaker.clear();
    this.connection.close();
  }
}
