'use strict';

const form = document.getElementById('form');
const answer = document.getElementById('answer');
const shown = document.getElementById('shown');
let speaker;
let end = 0;

form.picture.addEventListener('change', () => {
  const file = form.picture.files[0];
  shown.hidden = !file;
  if (file) shown.src = URL.createObjectURL(file);
});

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  answer.textContent = '';
  speaker ??= new AudioContext();
  end = speaker.currentTime;
  const data = new FormData(form);
  if (!form.aloud.checked) data.set('aloud', 'false');
  const response = await fetch('stream', { method: 'POST', body: data });
  if (!response.ok) {
    answer.textContent = `The server says ${response.status}.`;
    return;
  }
  for await (const told of events(response.body)) tell(told);
});

function tell(told) {
  if (told.event === 'words') answer.textContent += decodeURIComponent(told.data);
  if (told.event === 'refused') answer.textContent = decodeURIComponent(told.data);
  if (told.event === 'sound') play(told.data, Number(told.id));
}

/** Puts samples behind those that play already. */
function play(base64, rate) {
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const samples = new DataView(bytes.buffer);
  const sound = speaker.createBuffer(1, bytes.length / 2, rate);
  const channel = sound.getChannelData(0);
  for (let i = 0; i < channel.length; i++) channel[i] = samples.getInt16(2 * i, true) / 32768;
  const source = speaker.createBufferSource();
  source.buffer = sound;
  source.connect(speaker.destination);
  end = Math.max(end, speaker.currentTime);
  source.start(end);
  end += sound.duration;
}

/** Server-sent events of a response, each with event, data and id. */
async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    rest += value;
    const whole = rest.split('\n\n');
    rest = whole.pop();
    for (const text of whole) {
      const told = {};
      for (const line of text.split('\n')) {
        const colon = line.indexOf(':');
        told[line.slice(0, colon)] = line.slice(colon + 1);
      }
      yield told;
    }
  }
}
