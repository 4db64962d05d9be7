// The page: buttons, devices, what is said, who speaks.
import { Camera } from './camera.js';
import { Log } from './log.js';
import { findModel } from './realtime.js';
import { Microphone, Speaker } from './sound.js';
import { Talk } from './talk.js';

const at = (id) => document.getElementById(id);
const log = new Log(at('log'));
const STATES = {
  off: 'Not connected',
  listening: 'Listening',
  you: 'You speak',
  thinking: 'LongCat thinks',
  model: 'LongCat speaks',
};

let talk = null;
let speaker = null;
let microphone = null;
let camera = null;
let key = '';
let muted = false;
let busy = false;

function show(state) {
  if (at('who').dataset.state !== state) {
    at('who').dataset.state = state;
    at('state').textContent = STATES[state];
  }
}

function problem(what) {
  at('problem').textContent = what ? (what.message ?? String(what)) : '';
}

function millis(value) {
  return value === undefined ? null : `${Math.round(value)} ms`;
}

function options() {
  return { push: at('push').checked, silenceMillis: Number(at('pace').value) };
}

function follow(conversation) {
  const on = (type, listener) => conversation.addEventListener(type, ({ detail }) => listener(detail));
  on('state', () => show(conversation.state));
  on('problem', problem);
  on('asked', ({ item, text }) => (text === null ? log.pending(item, '(spoken)') : log.set(item, 'you', text)));
  on('heard', ({ item, text }) => text && log.set(item, 'you', text));
  on('words', ({ item, more }) => log.add(item, 'model', more));
  on('kept', ({ item, text }) => log.set(item, 'model', text));
  on('cut', ({ item }) => log.cut(item));
  on('latency', ({ turn, word, stop }) => {
    at('latency-turn').textContent = millis(turn) ?? at('latency-turn').textContent;
    at('latency-word').textContent = millis(word) ?? at('latency-word').textContent;
    at('latency-stop').textContent = millis(stop) ?? at('latency-stop').textContent;
  });
  on('closed', (why) => {
    if (talk === conversation) {
      end();
      problem(why);
    }
  });
}

async function listen() {
  microphone?.close();
  microphone = null;
  const opened = await Microphone.open(at('microphones').value, (piece, loudest) => {
    at('level-in').value = loudest;
    talk?.hear(piece);
  });
  opened.muted = muted;
  microphone?.close();
  microphone = opened;
  if (!talk) {
    end(); // stopped meanwhile
  }
}

async function begin() {
  if (busy) {
    return;
  }
  busy = true;
  problem('');
  try {
    if (!window.isSecureContext) {
      throw new Error('Browsers give sound only to pages of this machine (http://localhost) or under https://');
    }
    speaker = await Speaker.open();
    speaker.onLevel = (level) => (at('level-out').value = level);
    const model = await findModel(key);
    at('model').textContent = `You talk to ${model}. Nothing leaves the server's machine.`;
    log.clear();
    talk = await Talk.begin(model, key, speaker, options());
    follow(talk);
    at('key-form').hidden = true;
    connected(true);
    show('listening');
    await listen().catch((reason) => problem(`No microphone (${reason.message}); type instead`));
    await devices();
  } catch (reason) {
    end();
    at('key-form').hidden = !reason.needsKey;
    if (reason.needsKey) {
      at('key').focus();
    }
    problem(reason);
  } finally {
    busy = false;
  }
}

function end() {
  const ended = talk;
  talk = null;
  ended?.close();
  microphone?.close();
  microphone = null;
  speaker?.close();
  speaker = null;
  at('level-in').value = 0;
  at('level-out').value = 0;
  connected(false);
  show('off');
}

function connected(on) {
  at('start').textContent = on ? 'Stop' : 'Start talking';
  for (const id of ['hush', 'text', 'send']) {
    at(id).disabled = !on;
  }
  at('talk').hidden = !(on && at('push').checked);
}

async function devices() {
  const lists = { audioinput: 'microphones', videoinput: 'cameras', audiooutput: 'speakers' };
  const found = await navigator.mediaDevices.enumerateDevices();
  for (const [kind, id] of Object.entries(lists)) {
    const chosen = at(id).value;
    const named = found.filter((device) => device.kind === kind && device.label && device.deviceId !== 'default');
    at(id).replaceChildren(
      new Option('Default', ''),
      ...named.map((device) => new Option(device.label, device.deviceId)),
    );
    at(id).value = named.some((device) => device.deviceId === chosen) ? chosen : '';
  }
}

async function look(on) {
  camera?.close();
  camera = null;
  if (on) {
    camera = await Camera.open(at('cameras').value, at('preview'), (picture) => talk?.see(picture));
    await devices();
  }
  at('camera').setAttribute('aria-pressed', String(camera !== null));
}

const orTell = (action) => (event) => Promise.resolve(action(event)).catch(problem);

at('start').addEventListener('click', () => (talk ? end() : begin()));
at('hush').addEventListener('click', () => talk?.silence());
at('camera').addEventListener('click', orTell(() => look(camera === null)));
at('cameras').addEventListener('change', orTell(() => look(camera !== null)));
at('microphones').addEventListener('change', orTell(() => talk && listen()));
at('speakers').addEventListener('change', orTell(() => speaker?.use(at('speakers').value)));
at('mute').addEventListener('click', () => {
  muted = !muted;
  at('mute').setAttribute('aria-pressed', String(muted));
  if (microphone) {
    microphone.muted = muted;
  }
});

for (const id of ['push', 'pace']) {
  at(id).addEventListener('change', () => {
    talk?.release();
    if (talk) {
      talk.options = options();
      talk.update();
    }
    connected(talk !== null);
  });
}

const hold = () => {
  at('talk').setAttribute('aria-pressed', 'true');
  talk?.hold();
};
const release = () => {
  at('talk').setAttribute('aria-pressed', 'false');
  talk?.release();
};
at('talk').addEventListener('pointerdown', (event) => {
  at('talk').setPointerCapture(event.pointerId);
  hold();
});
at('talk').addEventListener('pointerup', release);
at('talk').addEventListener('pointercancel', release);
at('talk').addEventListener('blur', release);
at('talk').addEventListener('keydown', (event) => {
  if (event.key === ' ' || event.key === 'Enter') {
    event.preventDefault();
    hold();
  }
});
at('talk').addEventListener('keyup', release);

at('typed').addEventListener('submit', (event) => {
  event.preventDefault();
  const text = at('text').value.trim();
  if (text && talk) {
    talk.type(text);
    at('text').value = '';
  }
});

at('key-form').addEventListener('submit', (event) => {
  event.preventDefault();
  key = at('key').value;
  begin();
});

navigator.mediaDevices?.addEventListener?.('devicechange', () => devices().catch(problem));
