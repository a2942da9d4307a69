// A slice that is one voxel thin is no picture, unless nothing else is.
const thick = [0, 1, 2].filter((axis) => scene.voxels[across[axis]] > 1 && scene.voxels[down[axis]] > 1);
const shownAxes = thick.length ? thick : [2];

function connectTheme() {
  const button = element("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const dark = () => (document.documentElement.dataset.theme || (system.matches ? "dark" : "light")) === "dark";
  const show = () => {
    button.textContent = dark() ? "Light page" : "Dark page";
    drawHistogram();
  };
  button.onclick = () => {
    document.documentElement.dataset.theme = dark() ? "light" : "dark";
    show();
  };
  system.addEventListener("change", show);
  button.hidden = false;
  show();
}

function start(codes) {
  element("viewer").hidden = false;
  element("notice").hidden = true;
  makeReadout();
  countValues(codes);
  makeSlices(codes);
  makeTurning(codes);
  // Of one slice, the projection is the slice.
  if (scene.voxels.every((n) => n > 1)) makeAxisProjections(codes);
  else element("maxima").hidden = true;
  element("slices").classList.toggle("single", shownAxes.length === 1);
  connectWindow();
  connectTheme();
  for (const id of ["cross", "smooth"]) element(id).onchange = drawAll;
  new ResizeObserver(drawHistogram).observe(element("histogram"));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.type === "number") return;
    const keys = { r: () => setWindow(...scene.window), f: () => setWindow(least, most), i: invert };
    keys[event.key.toLowerCase()]?.();
  });
  moveTo(at, codes);
  showWindow();
}

try {
  start(await unpack());
} catch (error) {
  element("notice").hidden = false;
  element("notice").textContent = typeof DecompressionStream === "undefined"
    ? "This browser cannot unpack the volume; use one from 2023 or newer."
    : `The volume cannot be shown: ${error.message}.`;
}
