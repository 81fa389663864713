// The door on a phone: reads tickets by the camera, keeps check-ins on the device while there is no network, sends each until it
// is answered. A check-in carries a nonce, so that sending it again counts nothing twice, and how long it waited, so that the
// device's clock need not be right.
const PREFIX = "cloudsteps:door:";
const RETRY_AFTER_MS = 15000;
const LOG_LINES = 6;
const SAME_CODE_MS = 4000;
const door = document.querySelector("[data-door]");
let sending = false;
let stream = null;
let lastCode = "";
let lastAt = 0;

const part = (name) => door.querySelector(`[data-door-${name}]`);
const storeKey = () => PREFIX + door.dataset.key;
const guests = door ? JSON.parse(part("guests").textContent) : [];
const codeOf = (text) => text.trim().replace(/\/+$/, "").split("/").pop().replace(/[\s-]/g, "").toUpperCase();
const guestOf = (entry) =>
  guests.find((guest) => (entry.registration_id ? String(guest.id) === entry.registration_id : guest.code === codeOf(entry.code ?? "")));

const read = () => {
  try {
    return JSON.parse(window.localStorage.getItem(storeKey())) ?? [];
  } catch {
    return [];
  }
};

const write = (entries) => {
  try {
    window.localStorage.setItem(storeKey(), JSON.stringify(entries));
    return true;
  } catch {
    return false;
  }
};

const newNonce = () => [...window.crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

const showState = (text = "") => {
  const waiting = read().length;
  const line = part("state");
  line.textContent = text || (waiting ? door.dataset.textWaiting.replace("{count}", waiting) : "");
  line.dataset.state = waiting ? "waiting" : "sent";
};

const tell = (nonce, tone, text) => {
  const log = part("log");
  let line = log.querySelector(`[data-nonce="${nonce}"]`);
  if (!line) {
    line = document.createElement("li");
    line.dataset.nonce = nonce;
    log.prepend(line);
  }
  line.className = `notice notice-${tone}`;
  line.textContent = text;
  while (log.children.length > LOG_LINES) log.lastElementChild.remove();
};

const nameOf = (entry) => guestOf(entry)?.name ?? entry.name ?? entry.code ?? "";

const add = (entry) => {
  const kept = { ...entry, nonce: newNonce(), at: Date.now() };
  if (!write([...read(), kept])) return false;
  tell(kept.nonce, "progress", `${nameOf(kept)} · ${door.dataset.textKept}`);
  showState();
  sendAll();
  return true;
};

const bodyOf = (entry) => {
  const body = new URLSearchParams();
  for (const name of ["way", "code", "registration_id", "name", "company", "contact", "nonce"]) body.set(name, entry[name] ?? "");
  body.set("age", String(Math.max(0, (Date.now() - entry.at) / 1000).toFixed(1)));
  return body;
};

const send = async (entry) => {
  const token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";
  const response = await fetch(door.dataset.send, {
    method: "POST",
    body: bodyOf(entry),
    headers: { "X-CSRFToken": token, Accept: "application/json" },
    credentials: "same-origin",
    redirect: "manual",
  });
  if (response.ok && response.headers.get("Content-Type")?.startsWith("application/json")) return response.json();
  throw new Error(response.type === "opaqueredirect" || response.status === 400 || response.status === 401 ? "signed-out" : "not-taken");
};

// One after the other and in order; what is not answered stays, and is tried again.
const sendAll = async () => {
  if (sending) return;
  sending = true;
  try {
    for (let entries = read(); entries.length; entries = read()) {
      const answer = await send(entries[0]);
      write(read().filter((entry) => entry.nonce !== entries[0].nonce));
      tell(entries[0].nonce, answer.tone, answer.sentence);
      showState(read().length ? "" : door.dataset.textAllSent);
    }
  } catch (error) {
    showState(error.message === "signed-out" ? door.dataset.textUnsent : "");
    window.setTimeout(sendAll, RETRY_AFTER_MS);
  } finally {
    sending = false;
  }
};

const scanned = (text) => {
  const code = codeOf(text);
  if (!code || (code === lastCode && Date.now() - lastAt < SAME_CODE_MS)) return;
  lastCode = code;
  lastAt = Date.now();
  window.navigator.vibrate?.(60);
  add({ way: "qr", code });
};

// The browser's own reader where there is one, else the one that we ship; neither needs more than a frame of the picture.
const makeReader = async () => {
  if ("BarcodeDetector" in window && (await window.BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
    const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
    return async (video) => (await detector.detect(video))[0]?.rawValue;
  }
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return (video) => {
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    context.drawImage(video, 0, 0);
    const frame = context.getImageData(0, 0, canvas.width, canvas.height);
    return window.jsQR(frame.data, frame.width, frame.height, { inversionAttempts: "dontInvert" })?.data;
  };
};

const stop = () => {
  stream?.getTracks().forEach((track) => track.stop());
  stream = null;
  part("video").hidden = true;
  part("stop").hidden = true;
  part("scan").hidden = false;
};

const scan = async () => {
  const video = part("video");
  try {
    stream = await window.navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch {
    showState(door.dataset.textNoCamera);
    return;
  }
  video.srcObject = stream;
  video.hidden = false;
  part("scan").hidden = true;
  part("stop").hidden = false;
  showState(door.dataset.textPoint);
  await video.play();
  const readFrame = await makeReader();
  const look = async () => {
    if (!stream) return;
    const text = video.videoWidth ? await readFrame(video) : "";
    if (text) scanned(text);
    window.setTimeout(look, 150);
  };
  look();
};

// Without a network the page's own list of people is searched.
const searchHere = (words) => {
  const wanted = words.trim().toLowerCase();
  const found = part("found");
  found.replaceChildren();
  for (const guest of guests.filter((one) => `${one.name} ${one.company}`.toLowerCase().includes(wanted)).slice(0, 20)) {
    const line = document.createElement("li");
    line.className = "task";
    const text = document.createElement("span");
    text.className = "task-text";
    text.textContent = `${guest.name} · ${guest.company}`;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-primary";
    button.textContent = door.querySelector("[data-door-form] button").textContent;
    button.addEventListener("click", () => {
      button.disabled = true;
      add({ way: "search", registration_id: String(guest.id) });
    });
    line.append(text, button);
    found.append(line);
  }
};

if (door) {
  if (window.navigator.mediaDevices?.getUserMedia) part("scan").hidden = false;
  part("scan").addEventListener("click", scan);
  part("stop").addEventListener("click", stop);
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (form.matches("[data-door-form]")) {
        const values = Object.fromEntries(new FormData(form));
        const said = [values.code, values.registration_id, values.name && values.company && values.contact].some(Boolean);
        if (!said || !add(values)) return;
        event.preventDefault();
        event.stopPropagation();
        if (!values.registration_id) form.reset();
        else form.querySelector("button").disabled = true;
      } else if (form.matches("[data-door-search]") && !window.navigator.onLine) {
        event.preventDefault();
        searchHere(new FormData(form).get("q"));
      }
    },
    true,
  );
  window.addEventListener("online", sendAll);
  window.addEventListener("pagehide", stop);
  showState();
  sendAll();
}
