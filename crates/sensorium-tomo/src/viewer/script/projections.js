// Maximum-intensity projections: along the axes, and around z.
const TURNS = 72;

// The three projections along axes, with the place of each maximum, in one pass.
function projectAxes(codes) {
  const made = [0, 1, 2].map((axis) => {
    const size = scene.voxels[across[axis]] * scene.voxels[down[axis]];
    return { codes: new codes.constructor(size), depth: new Uint16Array(size) };
  });
  const put = ({ codes, depth }, pixel, code, index) => {
    if (code > codes[pixel]) {
      codes[pixel] = code;
      depth[pixel] = index;
    }
  };
  for (let z = 0, i = 0; z < nz; z++) {
    const row = nz - 1 - z;
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++, i++) {
        const code = codes[i];
        put(made[2], y * nx + x, code, z);
        put(made[1], row * nx + x, code, y);
        put(made[0], row * ny + y, code, x);
      }
    }
  }
  return made;
}

function makeAxisProjections(codes) {
  const made = projectAxes(codes);
  findBrightest(made);
  for (const axis of [2, 1, 0]) {
    if (!shownAxes.includes(axis)) continue;
    const [h, v] = [across[axis], down[axis]];
    const pane = makePane(element("projections"), {
      axis, title: `Along ${names[axis]}`, width: scene.voxels[h], height: scene.voxels[v], mm: [extent(h), extent(v)], colors: brightPalette,
      label: `Maximum-intensity projection along ${names[axis]}.`,
    });
    pane.codes = made[axis].codes;
    pane.caption.textContent = `over ${mmText(extent(axis))} mm`;
    onPointer(pane, codes, ([column, row]) => {
      const place = placeInSlice(pane, [column, row]);
      place[axis] = made[axis].depth[row * pane.store.width + column];
      return place;
    });
    pane.canvas.onkeydown = (event) => {
      if (event.key !== "Enter") return;
      enlarge(pane);
      event.preventDefault();
    };
  }
}

// The projection seen from an angle around z; from 180° on it is a mirrored one. Rays step by a voxel.
function projector(codes, width, depth, pitch) {
  const known = new Map();
  const half = TURNS / 2;
  const make = (turn) => {
    const [sin, cos] = [Math.sin((2 * Math.PI * turn) / TURNS), Math.cos((2 * Math.PI * turn) / TURNS)];
    const made = new codes.constructor(width * nz);
    // The rays of a slice, one after the other, as places within it; all slices share them.
    const places = new Int32Array(width * depth);
    const ends = new Int32Array(width + 1);
    for (let u = 0, count = 0; u < width; u++) {
      const t = (u + 0.5 - 0.5 * width) * pitch;
      for (let s = 0; s < depth; s++) {
        const d = (s + 0.5 - 0.5 * depth) * pitch;
        const x = Math.floor((t * cos - d * sin) / scene.voxel_mm[0] + 0.5 * nx);
        const y = Math.floor((t * sin + d * cos) / scene.voxel_mm[1] + 0.5 * ny);
        if (x >= 0 && y >= 0 && x < nx && y < ny) places[count++] = x + y * nx;
      }
      ends[u + 1] = count;
    }
    for (let z = 0; z < nz; z++) {
      const slice = codes.subarray(z * stride[2], (z + 1) * stride[2]);
      for (let u = 0; u < width; u++) {
        let largest = 0;
        for (let k = ends[u]; k < ends[u + 1]; k++) if (slice[places[k]] > largest) largest = slice[places[k]];
        made[(nz - 1 - z) * width + u] = largest;
      }
    }
    return made;
  };
  return (turn) => {
    const base = turn % half;
    if (!known.has(base)) known.set(base, make(base));
    const seen = known.get(base);
    if (turn < half) return seen;
    const mirrored = new codes.constructor(seen.length);
    for (let i = 0; i < seen.length; i++) mirrored[i] = seen[i - (i % width) + width - 1 - (i % width)];
    return mirrored;
  };
}

function makeTurning(codes) {
  if (shownAxes.length < 3) return;
  const pitch = Math.min(scene.voxel_mm[0], scene.voxel_mm[1]);
  const reach = Math.hypot(extent(0), extent(1));
  const width = Math.min(1024, Math.ceil(reach / pitch));
  const pane = makePane(element("slices"), {
    axis: null, title: "Maximum, turning", width, height: nz, mm: [width * pitch, extent(2)], colors: brightPalette,
    label: "Maximum-intensity projection that turns around z. Left and right arrow turn it, Space starts and stops.",
  });
  pane.blank = true;
  addSlider(pane, "Angle around z", TURNS - 1);
  const from = projector(codes, width, width, pitch);
  let [turn, timer] = [0, null];
  const show = (wanted) => {
    turn = ((wanted % TURNS) + TURNS) % TURNS;
    pane.codes = from(turn);
    const text = `${(turn * 360) / TURNS}°`;
    pane.caption.textContent = "around z";
    pane.count.textContent = text;
    pane.slider.value = turn;
    pane.slider.setAttribute("aria-valuetext", text);
    draw(pane);
  };
  const play = document.createElement("button");
  play.type = "button";
  const toggle = () => {
    if (timer) clearInterval(timer);
    timer = timer ? null : setInterval(() => show(turn + 1), 70);
    play.textContent = timer ? "Stop" : "Turn";
  };
  play.textContent = "Turn";
  play.onclick = toggle;
  pane.slider.before(play);
  pane.slider.oninput = () => show(pane.slider.valueAsNumber);
  onWheel(pane, (steps) => show(turn + steps));
  pane.canvas.onkeydown = (event) => {
    const moves = { ArrowLeft: -1, ArrowRight: 1, PageDown: -6, PageUp: 6 };
    if (event.key === " ") toggle();
    else if (event.key === "Enter") enlarge(pane);
    else if (moves[event.key]) show(turn + moves[event.key]);
    else return;
    event.preventDefault();
  };
  let held = null;
  pane.canvas.addEventListener("pointerdown", (event) => {
    pane.canvas.setPointerCapture(event.pointerId);
    held = { x: event.clientX, turn };
  });
  pane.canvas.addEventListener("pointermove", (event) => {
    if (held) show(held.turn - Math.round((event.clientX - held.x) / 6));
  });
  for (const name of ["pointerup", "pointercancel"]) pane.canvas.addEventListener(name, () => (held = null));
  show(0);
}
