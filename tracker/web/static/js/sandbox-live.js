// An operation as it goes on: a stream that goes on from the last event after a break, or asking every second where there is none.
const ASK_MS = 1000;
const MOST_LINES = 5000;
const root = document.querySelector("[data-live]");

const part = (name) => document.querySelector(`[data-live-${name}]`);
const say = (name) => {
  const line = part("link");
  const text = line?.dataset[`text${name[0].toUpperCase()}${name.slice(1)}`] ?? "";
  if (line && line.textContent !== text) line.textContent = text;
};

const tagOf = (tone, text) => {
  const tag = part("tag").content.firstElementChild.cloneNode(true);
  tag.className = `tag tag-${tone}`;
  tag.querySelector("use").setAttribute("href", `#shape-${tone}`);
  tag.append(text);
  return tag;
};

const textIn = (tag, text) => {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
};

const rowOf = (urn) => [...part("resources").rows].find((row) => row.dataset.urn === urn);

const showResource = (one) => {
  let row = rowOf(one.urn);
  if (!row || !row.querySelector("[data-name]")) {
    const fresh = part("row").content.firstElementChild.cloneNode(true);
    fresh.dataset.urn = one.urn;
    if (row) row.replaceWith(fresh);
    else part("resources").append(fresh);
    row = fresh;
  }
  row.querySelector("[data-name]").textContent = one.name;
  row.querySelector("[data-type]").textContent = one.type;
  row.querySelector("[data-action]").textContent = one.action;
  row.querySelector("[data-state]").replaceChildren(tagOf(one.tone, one.state));
  row.querySelector("[data-seconds]").textContent = one.seconds;
};

// The log follows its end as long as the reader has not scrolled up.
const showLine = (line) => {
  if (document.getElementById(`line-${line.id}`)) return;
  const log = part("log");
  const follows = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  const item = document.createElement("li");
  item.id = `line-${line.id}`;
  item.className = `log-${line.kind}`;
  item.append(textIn("time", line.time), " ");
  if (line.about) item.append(textIn("b", line.about), " ");
  item.append(textIn("span", line.text));
  log.append(item);
  part("empty")?.remove();
  while (log.children.length > MOST_LINES) log.firstElementChild.remove();
  if (follows) log.scrollTop = log.scrollHeight;
};

const showState = (state) => {
  part("state").replaceChildren(tagOf(state.tone, state.label), " ", textIn("span", state.sentence));
  const cancel = part("cancel");
  if (cancel) cancel.hidden = !state.may_cancel;
};

const end = () => say("ended");

let after = Number(root?.dataset.liveAfter ?? 0);
const see = (line) => {
  after = Math.max(after, line.id);
  showLine(line);
};

const ask = async () => {
  try {
    const answer = await fetch(`${root.dataset.liveNews}?after=${after}`, { headers: { Accept: "application/json" } });
    if (answer.redirected || !answer.ok) throw new Error(String(answer.status));
    const news = await answer.json();
    news.resources.forEach(showResource);
    news.lines.forEach(see);
    showState(news.state);
    say("asking");
    if (news.last) return end();
  } catch {
    say("lost");
  }
  window.setTimeout(ask, ASK_MS);
};

// A refused stream (no room) is closed by the browser for good; a broken one is opened again from the last event.
const listen = () => {
  const stream = new EventSource(`${root.dataset.live}?after=${after}`);
  stream.addEventListener("open", () => say("stream"));
  stream.addEventListener("line", (event) => see(JSON.parse(event.data)));
  stream.addEventListener("resource", (event) => showResource(JSON.parse(event.data)));
  stream.addEventListener("state", (event) => showState(JSON.parse(event.data)));
  stream.addEventListener("end", () => {
    stream.close();
    end();
  });
  stream.addEventListener("error", () => {
    if (stream.readyState === EventSource.CLOSED) ask();
    else say("lost");
  });
};

const log = part("log");
if (log) log.scrollTop = log.scrollHeight;
if (root) listen();
