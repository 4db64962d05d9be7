// The microphone, in pieces of 20 ms at 24 kHz, 16 bits.
import { Resampler } from './resample.js';

const RATE = 24000;
const PIECE = RATE / 50;

class Capture extends AudioWorkletProcessor {
  constructor() {
    super();
    this.resampler = new Resampler(sampleRate, RATE);
    this.piece = new Int16Array(PIECE);
    this.size = 0;
    this.loudest = 0;
  }

  process([input]) {
    const channel = input && input[0];
    if (channel) {
      for (const sample of this.resampler.push(channel.slice())) {
        const held = Math.max(-1, Math.min(1, sample));
        this.loudest = Math.max(this.loudest, Math.abs(held));
        this.piece[this.size++] = Math.round(held * 32767);
        if (this.size === PIECE) {
          this.port.postMessage({ samples: this.piece.buffer, loudest: this.loudest }, [this.piece.buffer]);
          this.piece = new Int16Array(PIECE);
          this.size = 0;
          this.loudest = 0;
        }
      }
    }
    return true;
  }
}

registerProcessor('capture', Capture);
