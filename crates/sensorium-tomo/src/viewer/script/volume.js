// The volume: codes [z, y, x], what they mean, where they are.
const scene = JSON.parse(document.getElementById("scene").textContent);
const element = (id) => document.getElementById(id);
const [nx, ny, nz] = scene.voxels;
const stride = [1, nx, nx * ny];
const names = ["x", "y", "z"];
const codeCount = 2 ** scene.bits;

async function unpack() {
  const holder = element("voxels");
  const text = atob(holder.textContent);
  holder.remove();
  const packed = new Uint8Array(text.length);
  for (let i = 0; i < packed.length; i++) packed[i] = text.charCodeAt(i);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const count = nx * ny * nz;
  if (bytes.length !== (scene.bits > 8 ? 2 : 1) * count) throw new Error("the file is not complete");
  if (scene.bits <= 8) return bytes;
  const codes = new Uint16Array(count);
  for (let i = 0; i < count; i++) codes[i] = bytes[i] | (bytes[count + i] << 8);
  return codes;
}

// Code 0 is no number.
const valueOf = (code) => (code ? scene.low + scene.step * (code - 1) : NaN);
const position = (axis, index) => scene.centre_mm[axis] + (index - 0.5 * (scene.voxels[axis] - 1)) * scene.voxel_mm[axis];
const extent = (axis) => scene.voxels[axis] * scene.voxel_mm[axis];

// As many digits as the steps between stored values bear.
function valueText(value) {
  if (!Number.isFinite(value)) return "no number";
  const size = Math.max(Math.abs(value), scene.high - scene.low);
  if (value !== 0 && (size >= 1e6 || size < 1e-4)) return value.toExponential(3);
  const finest = Math.max(scene.step, size * 1e-4);
  const text = value.toFixed(finest > 0 ? Math.min(9, Math.max(0, Math.ceil(-Math.log10(finest)))) : 0);
  return Number(text) === 0 ? text.replace("-", "") : text;
}
const withUnit = (value) => valueText(value) + (scene.unit && Number.isFinite(value) ? " " + scene.unit : "");

const finestVoxel = Math.min(...scene.voxel_mm);
const mmDigits = Math.min(6, Math.max(1, Math.ceil(1 - Math.log10(finestVoxel))));
const mmText = (mm) => (Math.abs(mm) < 1e-9 ? 0 : mm).toFixed(mmDigits);
