"""FDK reconstruction of a circular cone-beam scan with RTK on the CPU: the peer of ours.

    pip install itk-rtk==2.7.0.post1 itk==5.4.7 numpy==2.4.6
    python rtk_fdk.py --projections P.npy --geometry g.json --volume v.json --threads 2 --out vol.npy

Reads line integrals as float32 [view, row, column], the geometry and the volume as JSON; writes the
volume as float32 [z, y, x] and prints one JSON line with the seconds of the fastest of `--repeat` runs.
A run times the update of a new rtk::FDKConeBeamReconstructionFilter, from the projections in
memory to the volume in memory: cosine weights, ramp without a window (Ram-Lak), back-projection.
All other settings are the defaults of RTK's own rtkfdk, among them zero padding to twice the columns
(then to a power of two), no correction of truncation and 16 projections at a time. The wheels come
with the FFT of VNL. The peak is of the whole process, of which Python, ITK and RTK alone take 0.9 GiB.

Ours: the axis is z; at angle b (counter-clockwise seen from +z) the source is at R (sin b, -cos b, 0),
columns run along u = (cos b, sin b, 0) and rows along v = (0, 0, 1). RTK: the axis is y; at gantry
angle g the source is at R (sin g, 0, cos g), columns run along (cos g, 0, -sin g) and rows along
(0, 1, 0). A quarter turn around x takes one to the other, so nothing is mirrored:

    X = x    Y = z    Z = -y    g = b

Pitches, offsets and the order of columns and rows stay: u and v of the first pixel's centre become the
origin of RTK's projections. Of RTK's array [Z, Y, X], ours is [z, y, x] = [Z reversed, Y, X] with the
first two axes swapped. A full turn and a detector as wide as the object are assumed: neither short
scans nor half-fans are weighted.
"""

import argparse
import importlib.metadata
import json
import resource
import sys
import time

import itk
import numpy as np
from itk import RTK as rtk

Image = itk.Image[itk.F, 3]


def check(geometry: dict) -> None:
    """Exits with the first thing about the scan that this script cannot do."""
    detector = geometry["detector"]
    if geometry["beam"] != "cone":
        sys.exit(f"cannot reconstruct a {geometry['beam']} beam, only a cone beam")
    if detector.get("shape", "flat") != "flat":
        sys.exit(f"cannot reconstruct from a {detector['shape']} detector, only from a flat one")
    if any(detector.get("tilt", {}).values()):
        sys.exit("cannot reconstruct from a tilted detector")
    if geometry.get("pitch_mm_per_turn", 0):
        sys.exit("cannot reconstruct a helix, only a circle")
    if not isinstance(geometry["angles_deg"], list):
        sys.exit("angles_deg must be a list")
    angles = np.sort(np.mod(geometry["angles_deg"], 360))
    if np.diff(angles, append=angles[0] + 360).max() > 20:
        sys.exit("cannot reconstruct less than a full turn: angles_deg leaves a gap of more than 20 degrees")


def first(count: int, pitch: float, offset: float = 0) -> float:
    """Centre of the first of `count` cells around `offset`."""
    return offset - (count - 1) / 2 * pitch


def stack(projections: np.ndarray, detector: dict) -> Image:
    shape = (len(projections), detector["rows"], detector["columns"])
    if projections.shape != shape:
        sys.exit(f"projections are {projections.shape}, but the geometry says {shape}")
    u, v = detector["column_pitch_mm"], detector["row_pitch_mm"]
    image = itk.image_view_from_array(projections)
    image.SetSpacing([u, v, 1])
    image.SetOrigin([
        first(detector["columns"], u, detector.get("column_offset_mm", 0)),
        first(detector["rows"], v, detector.get("row_offset_mm", 0)),
        0,
    ])
    return image


def circle(geometry: dict) -> rtk.ThreeDCircularProjectionGeometry:
    views = rtk.ThreeDCircularProjectionGeometry.New()
    for angle in geometry["angles_deg"]:
        views.AddProjection(geometry["source_to_axis_mm"], geometry["source_to_detector_mm"], angle)
    return views


def reconstruct(
    projections: Image, views: rtk.ThreeDCircularProjectionGeometry, volume: dict
) -> tuple[float, Image]:
    """Seconds of one reconstruction, and the volume in RTK's axes."""
    (nx, ny, nz), (sx, sy, sz) = volume["voxels"], volume["voxel_mm"]
    x, y, z = volume.get("centre_mm", [0, 0, 0])
    empty = rtk.ConstantImageSource[Image].New()
    empty.SetSize([nx, nz, ny])
    empty.SetSpacing([sx, sz, sy])
    empty.SetOrigin([first(nx, sx, x), first(nz, sz, z), first(ny, sy, -y)])
    empty.Update()
    fdk = rtk.FDKConeBeamReconstructionFilter[Image].New()
    fdk.SetInput(0, empty.GetOutput())
    fdk.SetInput(1, projections)
    fdk.SetGeometry(views)
    fdk.SetProjectionSubsetSize(16)  # as rtkfdk; the 2 that the filter starts from is slower
    start = time.perf_counter()
    fdk.Update()
    return time.perf_counter() - start, fdk.GetOutput()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--projections", required=True, help="float32 .npy [view, row, column]")
    parser.add_argument("--geometry", required=True, help="JSON of the scan")
    parser.add_argument("--volume", required=True, help="JSON of the voxels")
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--out", required=True, help="float32 .npy [z, y, x]")
    parser.add_argument("--repeat", type=int, default=1)
    args = parser.parse_args()

    itk.MultiThreaderBase.SetGlobalMaximumNumberOfThreads(args.threads)
    itk.MultiThreaderBase.SetGlobalDefaultNumberOfThreads(args.threads)

    with open(args.geometry) as file:
        geometry = json.load(file)
    with open(args.volume) as file:
        volume = json.load(file)
    check(geometry)
    projections = np.ascontiguousarray(np.load(args.projections), np.float32)
    if len(projections) != len(geometry["angles_deg"]):
        sys.exit(f"{len(projections)} projections, but {len(geometry['angles_deg'])} angles")
    image, views = stack(projections, geometry["detector"]), circle(geometry)

    seconds = []
    for _ in range(args.repeat):
        result = None  # frees the last volume
        took, result = reconstruct(image, views, volume)
        seconds.append(took)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    np.save(args.out, np.ascontiguousarray(itk.array_view_from_image(result)[::-1].swapaxes(0, 1)))
    print(json.dumps({
        "peer": f"itk-rtk {importlib.metadata.version('itk-rtk')}",
        "seconds": min(seconds),
        "all_seconds": seconds,
        "threads": args.threads,
        "peak_mib": round(peak, 1),
    }))


if __name__ == "__main__":
    main()
