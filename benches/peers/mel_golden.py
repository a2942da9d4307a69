"""Log-mel energies from librosa, for `crates/sensorium-nn/tests/frontends.rs`.

    python benches/peers/mel_golden.py > crates/sensorium-nn/tests/golden/mel.json

The signal is a formula that the test repeats: two tones and a sawtooth of primes.
"""

import json

import librosa
import numpy as np

RATE, FRAME, HOP, MELS, SAMPLES = 8000, 512, 256, 64, 1024

i = np.arange(SAMPLES)
tones = np.sin(2 * np.pi * 440 * i / RATE) + 0.5 * np.sin(2 * np.pi * 1800 * i / RATE)
signal = tones + 0.1 * ((i * 7919) % 101 / 50 - 1) + 0.3

# Our spectrum: each frame less its mean, a periodic Hann window, power over the window's energy.
window = librosa.filters.get_window("hann", FRAME)
filters = librosa.filters.mel(sr=RATE, n_fft=FRAME, n_mels=MELS, fmin=0, fmax=RATE / 2, htk=True, norm=None)
frames = librosa.util.frame(signal, frame_length=FRAME, hop_length=HOP, axis=0)
spectra = np.abs(np.fft.rfft((frames - frames.mean(axis=1, keepdims=True)) * window)) ** 2
log_mel = np.log(spectra / np.sum(window**2) @ filters.T + 1e-12)
print(json.dumps({"librosa": librosa.__version__, "log_mel": np.round(log_mel, 6).tolist()}))
