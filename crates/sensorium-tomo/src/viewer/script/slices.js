// The slices: the cross-hair that they share, and what mouse and keys do.
function takeSlice(pane, codes) {
  const { axis } = pane;
  const [h, v] = [across[axis], down[axis]];
  const [width, height] = [scene.voxels[h], scene.voxels[v]];
  for (let row = 0, out = 0; row < height; row++) {
    let from = at[axis] * stride[axis] + (v === 2 ? height - 1 - row : row) * stride[v];
    for (let column = 0; column < width; column++, from += stride[h]) pane.codes[out++] = codes[from];
  }
}

// Moves the cross-hair; slices that changed are taken anew.
function moveTo(place, codes, spoken) {
  for (let axis = 0; axis < 3; axis++) at[axis] = Math.max(0, Math.min(scene.voxels[axis] - 1, Math.round(place[axis])));
  for (const pane of panes) if (pane.slider && pane.axis !== null) showSlice(pane, codes);
  showValues("cross", at, codes);
  if (spoken) {
    const where = at.map((index, axis) => `${names[axis]} ${mmText(position(axis, index))}`).join(", ");
    element("spoken").textContent = `${where} millimetres: ${element("cross-value").textContent}`;
  }
  drawAll();
}

function showSlice(pane, codes) {
  const { axis } = pane;
  if (pane.shown !== at[axis]) {
    pane.shown = at[axis];
    takeSlice(pane, codes);
  }
  const text = `${names[axis]} = ${mmText(position(axis, at[axis]))} mm`;
  pane.caption.textContent = text;
  pane.slider.value = at[axis];
  pane.slider.setAttribute("aria-valuetext", text);
  pane.count.textContent = `${at[axis]} / ${scene.voxels[axis] - 1}`;
}

function addSlider(pane, label, last) {
  const row = document.createElement("div");
  row.className = "slide";
  row.innerHTML = `<input type="range" min="0" step="1"><output></output>`;
  pane.slider = row.querySelector("input");
  pane.count = row.querySelector("output");
  pane.slider.max = last;
  pane.slider.setAttribute("aria-label", label);
  pane.root.append(row);
}

function makeReadout() {
  const rows = [["x", "x, mm"], ["y", "y, mm"], ["z", "z, mm"], ["index", "Index"], ["value", "Value"]];
  if (scene.unit) element("value-head").textContent = `Values in ${scene.unit}`;
  element("readout").innerHTML = rows.map(([id, name]) =>
    `<tr class="${id}"><th scope="row">${name}</th><td id="cross-${id}">–</td><td id="pointer-${id}">–</td></tr>`).join("");
}

function showValues(column, place, codes) {
  for (let axis = 0; axis < 3; axis++) {
    element(`${column}-${names[axis]}`).textContent = place ? mmText(position(axis, place[axis])) : "–";
  }
  const index = place ? place[0] + place[1] * stride[1] + place[2] * stride[2] : 0;
  element(`${column}-index`).textContent = place ? place.join(", ") : "–";
  element(`${column}-value`).textContent = place ? valueText(valueOf(codes[index])) : "–";
}

// The pixel of a picture under the pointer; null beside it.
function pixelAt(pane, event) {
  const area = pane.canvas.getBoundingClientRect();
  const box = frame(pane, area.width, area.height);
  const column = Math.floor(((event.clientX - area.left - box.x) / box.w) * pane.store.width);
  const row = Math.floor(((event.clientY - area.top - box.y) / box.h) * pane.store.height);
  return column >= 0 && row >= 0 && column < pane.store.width && row < pane.store.height ? [column, row] : null;
}

function placeInSlice(pane, [column, row]) {
  const place = [...at];
  const [h, v] = [across[pane.axis], down[pane.axis]];
  place[h] = column;
  place[v] = v === 2 ? scene.voxels[v] - 1 - row : row;
  return place;
}

// Wheel steps of mice and of touch pads alike.
function onWheel(pane, step) {
  let gathered = 0;
  pane.canvas.addEventListener("wheel", (event) => {
    if (event.ctrlKey) return;
    event.preventDefault();
    gathered += event.deltaMode ? 40 * event.deltaY : Math.max(-40, Math.min(40, event.deltaY));
    const steps = Math.trunc(gathered / 40);
    gathered -= 40 * steps;
    if (steps) step(steps);
  }, { passive: false });
}

// Pointer: the value below it, the cross-hair by dragging, the window by dragging with the right button.
function onPointer(pane, codes, placeAt) {
  let held = null;
  const { canvas } = pane;
  const look = (event, moves) => {
    const pixel = pixelAt(pane, event);
    const place = pixel && placeAt(pixel);
    showValues("pointer", place, codes);
    if (place && moves) moveTo(place, codes);
  };
  canvas.oncontextmenu = (event) => event.preventDefault();
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    const windows = event.button === 2 || event.shiftKey;
    held = { windows, x: event.clientX, y: event.clientY, ...view };
    if (!windows && event.button === 0) look(event, true);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!held || !held.windows) return look(event, held && event.buttons === 1);
    const start = held.high - held.low;
    const width = start * Math.exp((event.clientX - held.x) / 200);
    const centre = 0.5 * (held.low + held.high) - ((event.clientY - held.y) / 300) * start;
    setWindow(centre - 0.5 * width, centre + 0.5 * width);
  });
  for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => (held = null));
  canvas.addEventListener("pointerleave", () => showValues("pointer", null, codes));
}

function makeSlices(codes) {
  for (const axis of [2, 1, 0]) {
    const [h, v] = [across[axis], down[axis]];
    if (!shownAxes.includes(axis)) continue;
    const pane = makePane(element("slices"), {
      axis, title: kinds[axis], width: scene.voxels[h], height: scene.voxels[v], mm: [extent(h), extent(v)], colors: palette,
      label: `${kinds[axis]} slice. Arrow keys move the cross-hair, Page Up and Page Down the slice.`,
    });
    pane.codes = new codes.constructor(pane.pixels.length);
    addSlider(pane, `${kinds[axis]} slice`, scene.voxels[axis] - 1);
    if (scene.voxels[axis] === 1) pane.slider.parentElement.hidden = true;
    const along = (steps, spoken) => {
      const place = [...at];
      place[axis] += steps;
      moveTo(place, codes, spoken);
    };
    pane.slider.oninput = () => along(pane.slider.valueAsNumber - at[axis]);
    onWheel(pane, along);
    onPointer(pane, codes, (pixel) => placeInSlice(pane, pixel));
    pane.canvas.onkeydown = (event) => {
      const size = event.shiftKey ? 10 : 1;
      const up = v === 2 ? 1 : -1;
      const moves = {
        ArrowLeft: [h, -size], ArrowRight: [h, size], ArrowUp: [v, up * size], ArrowDown: [v, -up * size],
        PageUp: [axis, size], PageDown: [axis, -size], Home: [axis, -at[axis]], End: [axis, scene.voxels[axis] - 1 - at[axis]],
      };
      if (event.key === "Enter") enlarge(pane);
      else if (moves[event.key]) {
        const place = [...at];
        place[moves[event.key][0]] += moves[event.key][1];
        moveTo(place, codes, true);
      } else return;
      event.preventDefault();
    };
  }
}
