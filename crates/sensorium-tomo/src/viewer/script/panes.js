// Panes: pictures of the volume with a cross-hair, a scale and a large view.
const at = scene.voxels.map((n) => Math.floor(n / 2));
const panes = [];
const kinds = ["Sagittal", "Coronal", "Axial"];
// Axes across and down; z points up, and y down in the axial picture, as rows are stored.
const across = [1, 0, 0];
const down = [2, 2, 1];
const colors = ["#f4a259", "#56c596", "#63a8f0"];

// Gives a canvas as many pixels as the screen has for it.
function fit(canvas) {
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [Math.round(canvas.clientWidth * ratio), Math.round(canvas.clientHeight * ratio)];
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  return [width, height];
}

function makePane(parent, { axis, title, label, width, height, mm, colors }) {
  const root = document.createElement("figure");
  root.className = "pane " + (axis === null ? "turning" : "axis" + axis);
  root.innerHTML = `<figcaption><b></b><output></output><button type="button">Enlarge</button></figcaption><canvas tabindex="0" role="application"></canvas>`;
  const canvas = root.querySelector("canvas");
  const store = document.createElement("canvas");
  [store.width, store.height] = [width, height];
  const pen = store.getContext("2d");
  const image = pen.createImageData(width, height);
  const pane = {
    axis, root, canvas, store, pen, image, mm, palette: colors, codes: null,
    pixels: new Uint32Array(image.data.buffer), caption: root.querySelector("output"),
  };
  root.querySelector("b").textContent = title;
  canvas.setAttribute("aria-label", label);
  root.querySelector("button").onclick = () => enlarge(pane);
  canvas.ondblclick = () => enlarge(pane);
  parent.append(root);
  panes.push(pane);
  new ResizeObserver(() => draw(pane)).observe(canvas);
  return pane;
}

function enlarge(pane) {
  const list = pane.root.parentElement;
  const large = list.classList.toggle("one");
  pane.root.classList.toggle("large", large);
  pane.root.querySelector("button").textContent = large ? "All pictures" : "Enlarge";
}

// Where the picture lies on its canvas: the whole of it, with square millimetres.
function frame(pane, width, height) {
  const scale = 0.96 * Math.min(width / pane.mm[0], height / pane.mm[1]);
  const [w, h] = [pane.mm[0] * scale, pane.mm[1] * scale];
  return { x: 0.5 * (width - w), y: 0.5 * (height - h), w, h, scale };
}

function paint(pane) {
  const { pixels, codes } = pane;
  const palette = pane.palette;
  if (pane.blank) for (let i = 0; i < pixels.length; i++) pixels[i] = codes[i] ? palette[codes[i]] : BLACK;
  else for (let i = 0; i < pixels.length; i++) pixels[i] = palette[codes[i]];
  pane.pen.putImageData(pane.image, 0, 0);
}

function draw(pane) {
  if (!pane.codes || !pane.canvas.clientWidth) return;
  const [width, height] = fit(pane.canvas);
  const ratio = width / pane.canvas.clientWidth;
  const pen = pane.canvas.getContext("2d");
  const box = frame(pane, width, height);
  paint(pane);
  pen.fillStyle = "#000";
  pen.fillRect(0, 0, width, height);
  pen.imageSmoothingEnabled = element("smooth").checked;
  pen.imageSmoothingQuality = "high";
  pen.drawImage(pane.store, box.x, box.y, box.w, box.h);
  if (pane.axis !== null && element("cross").checked) drawCross(pane, pen, box, ratio);
  drawScale(pane, pen, box, width, height, ratio);
}

// Shares of the picture's sides at which a voxel's centre lies.
function share(axis, index, flipped) {
  const s = (index + 0.5) / scene.voxels[axis];
  return flipped ? 1 - s : s;
}

function drawCross(pane, pen, box, ratio) {
  const [h, v] = [across[pane.axis], down[pane.axis]];
  const x = box.x + share(h, at[h], false) * box.w;
  const y = box.y + share(v, at[v], v === 2) * box.h;
  const gap = 7 * ratio;
  pen.lineWidth = ratio;
  pen.globalAlpha = 0.85;
  const line = (color, ...ends) => {
    pen.strokeStyle = color;
    pen.beginPath();
    for (const [x0, y0, x1, y1] of ends) {
      pen.moveTo(x0, y0);
      pen.lineTo(x1, y1);
    }
    pen.stroke();
  };
  // A line has the colour of the slice that it stands for.
  line(colors[h], [x, box.y, x, Math.max(box.y, y - gap)], [x, Math.min(box.y + box.h, y + gap), x, box.y + box.h]);
  line(colors[v], [box.x, y, Math.max(box.x, x - gap), y], [Math.min(box.x + box.w, x + gap), y, box.x + box.w, y]);
  pen.globalAlpha = 1;
}

function drawScale(pane, pen, box, width, height, ratio) {
  const room = (0.22 * width) / box.scale;
  const power = 10 ** Math.floor(Math.log10(room));
  const length = [5, 2, 1].map((f) => f * power).find((l) => l <= room) || power;
  const [x, y] = [14 * ratio, height - 12 * ratio];
  pen.font = `${12 * ratio}px ui-sans-serif, system-ui, sans-serif`;
  pen.textBaseline = "alphabetic";
  const text = `${Number(length.toPrecision(3))} mm`;
  plate(pen, x, y - 17 * ratio, Math.max(length * box.scale, pen.measureText(text).width), 19 * ratio, ratio);
  pen.textAlign = "left";
  pen.fillRect(x, y, length * box.scale, 2 * ratio);
  pen.fillText(text, x, y - 6 * ratio);
  if (pane.axis === null) return;
  const [h, v] = [across[pane.axis], down[pane.axis]];
  const axes = `${names[h]} →   ${names[v]} ${v === 2 ? "↑" : "↓"}`;
  const wide = pen.measureText(axes).width;
  plate(pen, width - 14 * ratio - wide, y - 10 * ratio, wide, 12 * ratio, ratio);
  pen.textAlign = "right";
  pen.fillText(axes, width - 14 * ratio, y);
}

// A dark plate, so that text is legible on any picture.
function plate(pen, x, y, width, height, ratio) {
  pen.fillStyle = "rgb(0 0 0 / 0.6)";
  pen.beginPath();
  pen.roundRect(x - 6 * ratio, y - 3 * ratio, width + 12 * ratio, height + 6 * ratio, 4 * ratio);
  pen.fill();
  pen.fillStyle = "#e7e9eb";
}

let waiting = false;
function drawAll() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    for (const pane of panes) draw(pane);
  });
}
