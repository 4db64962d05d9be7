// One channel from one rate to another, piece by piece: a windowed sinc, one phase for every place
// between two samples that comes up, linear between the nearest two of 128.

const HALF = 16; // zero crossings to each side
const PHASES = 128;

function kernel(cutoff) {
  const reach = Math.ceil(HALF / cutoff);
  const rows = [];
  for (let phase = 0; phase <= PHASES; phase++) {
    const row = new Float32Array(2 * reach);
    let sum = 0;
    for (let tap = 0; tap < row.length; tap++) {
      const x = tap - reach + 1 - phase / PHASES;
      const t = Math.PI * x * cutoff;
      const window = Math.abs(x) >= reach ? 0 : 0.5 + 0.5 * Math.cos((Math.PI * x) / reach);
      row[tap] = (t === 0 ? 1 : Math.sin(t) / t) * window;
      sum += row[tap];
    }
    rows.push(row.map((value) => value / sum));
  }
  return { reach, rows };
}

export class Resampler {
  constructor(fromHz, toHz) {
    this.step = fromHz / toHz;
    this.same = fromHz === toHz;
    const { reach, rows } = kernel(Math.min(1, toHz / fromHz) * 0.95);
    this.reach = reach;
    this.rows = rows;
    this.clear();
  }

  clear() {
    this.held = new Float32Array(this.reach - 1); // silence before the sound
    this.at = 0; // of the next sample, from the first held one that its taps begin at
  }

  push(samples) {
    if (this.same) {
      return samples;
    }
    const all = new Float32Array(this.held.length + samples.length);
    all.set(this.held);
    all.set(samples, this.held.length);
    const taps = 2 * this.reach;
    const count = Math.max(0, Math.ceil((all.length - taps + 1 - this.at) / this.step));
    const out = new Float32Array(count);
    for (let i = 0; i < count; i++) {
      const whole = Math.floor(this.at);
      const place = (this.at - whole) * PHASES;
      const phase = Math.floor(place);
      const share = place - phase;
      const low = this.rows[phase];
      const high = this.rows[phase + 1];
      let sum = 0;
      for (let tap = 0; tap < taps; tap++) {
        sum += all[whole + tap] * (low[tap] + share * (high[tap] - low[tap]));
      }
      out[i] = sum;
      this.at += this.step;
    }
    const drop = Math.min(all.length, Math.floor(this.at));
    this.held = all.slice(drop);
    this.at -= drop;
    return out;
  }
}
