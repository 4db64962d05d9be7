// Microphone and loudspeaker, both as AudioWorklets at 24 kHz.

export const RATE = 24000;

export class Speaker {
  /** Has to be made when somebody has pressed something, or the browser keeps it silent. */
  static async open() {
    const context = new AudioContext({ latencyHint: 'interactive' });
    await context.audioWorklet.addModule('player.js');
    await context.resume();
    return new Speaker(context);
  }

  constructor(context) {
    this.context = context;
    this.node = new AudioWorkletNode(context, 'player', { numberOfInputs: 0, outputChannelCount: [1] });
    this.node.connect(context.destination);
    this.item = null;
    this.playedMillis = 0;
    this.isPlaying = false;
    this.onBegin = () => {};
    this.onPlayed = () => {};
    this.onLevel = () => {};
    this.cleared = [];
    this.node.port.onmessage = ({ data }) => this.heard(data);
  }

  heard(data) {
    if (data.begins) {
      this.item = data.begins;
      this.isPlaying = true;
      this.onBegin(data.begins, 1000 * (this.context.outputLatency || this.context.baseLatency || 0));
      return;
    }
    const moved = data.item !== null && (data.item !== this.item || data.playedMillis > this.playedMillis || data.cleared);
    this.item = data.item;
    this.playedMillis = data.playedMillis;
    this.isPlaying = data.waiting;
    this.onLevel(data.loudest);
    if (moved) {
      this.onPlayed(data.item, data.playedMillis);
    }
    if (data.cleared) {
      this.cleared.splice(0).forEach((done) => done({ item: data.item, playedMillis: data.playedMillis }));
    }
  }

  play(item, samples) {
    this.isPlaying = true;
    this.node.port.postMessage({ item, samples }, [samples.buffer]);
  }

  /** Silence, at once; tells what was played of the last item. */
  clear() {
    this.isPlaying = false;
    this.node.port.postMessage({ clear: true });
    return new Promise((done) => this.cleared.push(done));
  }

  async use(deviceId) {
    if (this.context.setSinkId) {
      await this.context.setSinkId(deviceId);
    }
  }

  close() {
    this.context.close();
  }
}

export class Microphone {
  static async open(deviceId, onPiece) {
    const audio = { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true };
    if (deviceId) {
      audio.deviceId = { exact: deviceId };
    }
    const stream = await navigator.mediaDevices.getUserMedia({ audio });
    const context = new AudioContext({ latencyHint: 'interactive' });
    try {
      await context.audioWorklet.addModule('capture.js');
      await context.resume();
      return new Microphone(stream, context, onPiece);
    } catch (problem) {
      stream.getTracks().forEach((track) => track.stop());
      context.close();
      throw problem;
    }
  }

  constructor(stream, context, onPiece) {
    this.stream = stream;
    this.context = context;
    this.node = new AudioWorkletNode(context, 'capture', { numberOfOutputs: 0 });
    this.node.port.onmessage = ({ data }) => onPiece(new Uint8Array(data.samples), data.loudest);
    this.source = context.createMediaStreamSource(stream);
    this.source.connect(this.node);
  }

  set muted(muted) {
    this.stream.getAudioTracks().forEach((track) => (track.enabled = !muted));
  }

  close() {
    this.node.port.onmessage = null;
    this.source.disconnect();
    this.stream.getTracks().forEach((track) => track.stop());
    this.context.close();
  }
}
