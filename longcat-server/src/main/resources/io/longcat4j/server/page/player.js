// The loudspeaker: plays what comes, without gaps as long as enough comes; silent at once when told.
import { Resampler } from './resample.js';

const RATE = 24000;
const FADE = 128;
const REPORTS_A_SECOND = 20;

class Player extends AudioWorkletProcessor {
  constructor() {
    super();
    this.resampler = new Resampler(RATE, sampleRate);
    this.queue = []; // {item, samples, at} at the device's rate
    this.item = null;
    this.played = 0; // of the item, at the device's rate
    this.last = 0;
    this.fade = 0;
    this.blocks = 0;
    this.loudest = 0;
    this.port.onmessage = ({ data }) => (data.clear ? this.clear() : this.add(data));
  }

  add({ item, samples }) {
    if (item !== this.newest) {
      this.newest = item;
      this.resampler.clear();
    }
    const ready = this.resampler.push(samples);
    if (ready.length > 0) {
      this.queue.push({ item, samples: ready, at: 0 });
    }
  }

  clear() {
    this.queue = [];
    this.fade = FADE; // no click
    this.tell(true);
  }

  process(inputs, [output]) {
    const channel = output[0];
    let filled = 0;
    while (filled < channel.length && this.queue.length > 0) {
      const head = this.queue[0];
      if (head.item !== this.item) {
        this.item = head.item;
        this.played = 0;
        this.port.postMessage({ begins: head.item });
      }
      const count = Math.min(channel.length - filled, head.samples.length - head.at);
      channel.set(head.samples.subarray(head.at, head.at + count), filled);
      head.at += count;
      filled += count;
      this.played += count;
      if (head.at === head.samples.length) {
        this.queue.shift();
      }
    }
    if (filled > 0) {
      this.last = channel[filled - 1];
      this.fade = FADE;
      for (let i = 0; i < filled; i++) {
        this.loudest = Math.max(this.loudest, Math.abs(channel[i]));
      }
    }
    for (let i = filled; i < channel.length; i++) {
      channel[i] = this.fade > 0 ? (this.last * --this.fade) / FADE : 0;
    }
    for (let other = 1; other < output.length; other++) {
      output[other].set(channel);
    }
    if (++this.blocks >= sampleRate / channel.length / REPORTS_A_SECOND) {
      this.blocks = 0;
      this.tell(false);
    }
    return true;
  }

  tell(cleared) {
    this.port.postMessage({
      item: this.item,
      playedMillis: (1000 * this.played) / sampleRate,
      waiting: this.queue.length > 0,
      loudest: this.loudest,
      cleared,
    });
    this.loudest = 0;
  }
}

registerProcessor('player', Player);
