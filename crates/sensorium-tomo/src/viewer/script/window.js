// The window: which values are black and white; its histogram and fields.
const view = { low: scene.window[0], high: scene.window[1], inverted: false };
// The fields reach over the values and the first window.
const least = Math.min(scene.low, scene.window[0]);
const most = Math.max(scene.high, scene.window[1]);
const palette = new Uint32Array(codeCount);
// Projections show the largest values, which a window for slices may have left white.
const brightPalette = new Uint32Array(codeCount);
let brightest = -Infinity;
const [BLACK, ORANGE] = [0xff000000, 0xff1f50c4];
const bins = new Float64Array(160);

function fillPalette(palette, high) {
  const scale = 255 / (high - view.low);
  for (let code = 1; code < codeCount; code++) {
    let grey = Math.max(0, Math.min(255, Math.round((valueOf(code) - view.low) * scale)));
    if (view.inverted) grey = 255 - grey;
    palette[code] = BLACK | (grey << 16) | (grey << 8) | grey;
  }
  palette[0] = ORANGE;
}

function setWindow(low, high) {
  const thinnest = Math.max((most - least) * 1e-4, scene.step * 1e-3, Number.MIN_VALUE);
  if (!(Number.isFinite(low) && Number.isFinite(high))) return;
  if (high - low < thinnest) {
    const centre = 0.5 * (low + high);
    [low, high] = [centre - 0.5 * thinnest, centre + 0.5 * thinnest];
  }
  [view.low, view.high] = [low, high];
  showWindow();
}

function invert() {
  view.inverted = !view.inverted;
  element("invert").setAttribute("aria-pressed", view.inverted);
  showWindow();
}

// The width's slider is quadratic: narrow windows need finer steps.
function showWindow() {
  fillPalette(palette, view.high);
  fillPalette(brightPalette, Math.max(view.high, brightest));
  const [centre, width] = [0.5 * (view.low + view.high), view.high - view.low];
  const fields = { centre: (1000 * (centre - least)) / (most - least), width: 1000 * Math.sqrt(width / (most - least)) };
  for (const [id, value] of [["centre", centre], ["width", width]]) {
    element(id).value = fields[id];
    element(id).setAttribute("aria-valuetext", withUnit(value));
    if (document.activeElement !== element(id + "-value")) element(id + "-value").value = Number(value.toPrecision(5));
  }
  drawHistogram();
  drawAll();
}

// The value that 1 % of the pixels of projections exceed.
function findBrightest(projections) {
  const counts = new Float64Array(codeCount);
  let left = 0;
  for (const { codes } of projections) {
    for (let i = 0; i < codes.length; i++) counts[codes[i]]++;
    left += 0.01 * codes.length;
  }
  let code = codeCount - 1;
  while (code > 1 && (left -= counts[code]) > 0) code--;
  brightest = valueOf(code);
}

function countValues(codes) {
  const counts = new Float64Array(codeCount);
  for (let i = 0; i < codes.length; i++) counts[codes[i]]++;
  for (let code = 1; code < codeCount; code++) {
    const share = (valueOf(code) - least) / (most - least);
    bins[Math.min(bins.length - 1, Math.floor(share * bins.length))] += counts[code];
  }
}

function drawHistogram() {
  const canvas = element("histogram");
  const [width, height] = fit(canvas);
  const pen = canvas.getContext("2d");
  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name);
  const top = Math.log1p(Math.max(...bins));
  const x = (value) => ((value - least) / (most - least)) * width;
  pen.clearRect(0, 0, width, height);
  const bars = () => {
    for (let i = 0; i < bins.length; i++) {
      const tall = (Math.log1p(bins[i]) / top) * (height - 4);
      pen.fillRect((i * width) / bins.length, height - tall, width / bins.length + 0.5, tall);
    }
  };
  pen.fillStyle = color("--line");
  bars();
  pen.save();
  pen.beginPath();
  pen.rect(x(view.low), 0, x(view.high) - x(view.low), height);
  pen.clip();
  pen.globalAlpha = 0.1;
  pen.fillStyle = color("--accent");
  pen.fillRect(0, 0, width, height);
  pen.globalAlpha = 0.8;
  bars();
  pen.restore();
  pen.strokeStyle = color("--accent");
  pen.lineWidth = Math.max(1, width / 280);
  for (const [from, to] of [[0, 0], [1, 1]]) {
    // From black at the low end to white at the high end.
    const edge = Math.max(pen.lineWidth, Math.min(width - pen.lineWidth, x(from ? view.high : view.low)));
    pen.beginPath();
    pen.moveTo(edge, 0);
    pen.lineTo(edge, height);
    pen.stroke();
    pen.fillStyle = color("--accent");
    const grip = 4 * pen.lineWidth;
    pen.fillRect(edge - grip / 2, height / 2 - 2 * grip, grip, 4 * grip);
  }
}

// Dragging an end moves it, dragging between them moves both.
function dragHistogram() {
  const canvas = element("histogram");
  let held = null;
  const valueAt = (event) => {
    const box = canvas.getBoundingClientRect();
    return least + ((event.clientX - box.left) / box.width) * (most - least);
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    const value = valueAt(event);
    const near = (10 / canvas.clientWidth) * (most - least);
    const [toLow, toHigh] = [Math.abs(value - view.low), Math.abs(value - view.high)];
    const inside = value > view.low && value < view.high;
    const end = toLow < toHigh ? "low" : "high";
    held = { value, low: view.low, high: view.high, part: Math.min(toLow, toHigh) < near || !inside ? end : "both" };
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!held) return;
    const moved = valueAt(event) - held.value;
    const low = held.part === "high" ? held.low : held.low + moved;
    const high = held.part === "low" ? held.high : held.high + moved;
    if (low < high) setWindow(low, high);
  });
  for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => (held = null));
}

function connectWindow() {
  element("least").textContent = withUnit(least);
  element("most").textContent = withUnit(most);
  const around = (centre, width) => setWindow(centre - 0.5 * width, centre + 0.5 * width);
  const centre = () => 0.5 * (view.low + view.high);
  const width = () => view.high - view.low;
  element("centre").oninput = (event) => around(least + (event.target.value / 1000) * (most - least), width());
  element("width").oninput = (event) => around(centre(), (event.target.value / 1000) ** 2 * (most - least));
  element("centre-value").onchange = (event) => around(event.target.valueAsNumber, width());
  element("width-value").onchange = (event) => around(centre(), event.target.valueAsNumber);
  element("first-window").onclick = () => setWindow(...scene.window);
  element("full-window").onclick = () => setWindow(least, most);
  element("invert").onclick = invert;
  dragHistogram();
}
