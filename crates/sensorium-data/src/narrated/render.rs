//! Draws the frames of a plan.

use super::action::Quality;
use super::picture::Picture;
use super::plan::{FrameState, Plan, Pose};
use super::sprite::Sprite;
use crate::DataError;
use crate::time::Timestamp;
use std::f32::consts::TAU;

/// Size of the other object, as a share of the frame.
const COMPANION_SIZE: f32 = 0.24;
/// How far backgrounds are pulled to a dull grey, so that objects stand out of them.
const HAZE: f32 = 0.4;
const GREY: f32 = 0.4;
/// Share of a background's picture that is outside the frame on each side when it does not pan.
const MARGIN: f32 = 0.1;

/// Draws frames from pictures made ready once.
pub struct Renderer {
    objects: Vec<Sprite>,
    backgrounds: Vec<Sprite>,
    side: usize,
}

impl Renderer {
    /// Makes the pictures ready for frames of `side` × `side` pixels. A background is drawn solid, out
    /// of focus and a little hazy.
    ///
    /// # Errors
    ///
    /// [`DataError::Invalid`] when a picture's values do not fit its size.
    pub fn new(objects: &[Picture], backgrounds: &[Picture], side: usize) -> Result<Self, DataError> {
        for picture in objects.iter().chain(backgrounds) {
            picture.check()?;
        }
        let objects = objects.iter().map(|picture| Sprite::new(picture, picture.alpha.as_deref())).collect();
        let backgrounds = backgrounds.iter().map(|picture| Sprite::new(picture, None)).collect();
        Ok(Self { objects, backgrounds, side })
    }

    /// Checks that the pictures a plan asks for are there.
    fn check(&self, plan: &Plan) -> Result<(), DataError> {
        let (objects, backgrounds) = (self.objects.len(), self.backgrounds.len());
        let has = |frame: &FrameState| {
            frame.object < objects && frame.companion < objects && frame.background < backgrounds
        };
        if plan.frames.iter().all(has) {
            return Ok(());
        }
        Err(DataError::Invalid(format!(
            "the plan asks for more pictures than the {objects} objects and {backgrounds} backgrounds given"
        )))
    }

    /// The colours of one frame, `[side, side, 3]`, row by row. An object or background that is not
    /// there is left out.
    pub fn draw(&self, frame: &FrameState) -> Vec<u8> {
        let mut canvas = vec![[0.0f32; 3]; self.side * self.side];
        if let Some(background) = self.backgrounds.get(frame.background) {
            self.lay(&mut canvas, background, frame.pan);
        }
        if let Some(companion) = self.objects.get(frame.companion) {
            self.paint(&mut canvas, companion, &Placement::still(frame.corner, self.side));
        }
        if let Some(object) = self.objects.get(frame.object) {
            self.paint(&mut canvas, object, &Placement::of(frame, self.side));
        }
        canvas.iter().flatten().map(|value| (value * 255.0 + 0.5) as u8).collect()
    }

    /// Fills the canvas with a background.
    fn lay(&self, canvas: &mut [[f32; 3]], background: &Sprite, pan: [f32; 2]) {
        let share = 1.0 - 2.0 * MARGIN;
        // Half as sharp as it could be: the background is out of focus.
        let fit = background.fit(0.5 * self.side as f32 / share);
        let corner = pan.map(|shift| MARGIN * (1.0 + shift));
        background.stretch(fit, corner, share / self.side as f32, self.side, canvas);
        for value in canvas.iter_mut().flatten() {
            *value += HAZE * (GREY - *value);
        }
    }

    /// Draws an object over the canvas.
    fn paint(&self, canvas: &mut [[f32; 3]], sprite: &Sprite, place: &Placement) {
        let fit = sprite.fit(place.size * place.width.min(1.0));
        let radius = place.size * (0.71 + 0.5 * place.gap);
        let reach = radius * place.width + place.lean.abs() * (radius + 0.5 * place.size);
        let within = |value: f32| value.clamp(0.0, self.side as f32) as usize;
        let rows = within(place.y - radius)..within(place.y + radius + 1.0);
        let columns = within(place.x - reach)..within(place.x + reach + 1.0);
        for row in rows {
            let line = &mut canvas[row * self.side..(row + 1) * self.side];
            for column in columns.clone() {
                let Some((across, down, edge)) = place.inverse(column as f32 + 0.5, row as f32 + 0.5) else {
                    continue;
                };
                let [red, green, blue, alpha] = sprite.sample(fit, across, down);
                let solid = edge * place.solidity;
                for (ground, colour) in line[column].iter_mut().zip([red, green, blue]) {
                    let lit = if place.light < 0.0 {
                        colour * (1.0 + place.light)
                    } else {
                        colour + (alpha - colour) * place.light
                    };
                    *ground = (*ground * (1.0 - solid * alpha) + solid * lit).clamp(0.0, 1.0);
                }
            }
        }
    }
}

/// Where and how an object is drawn; lengths in pixels unless said otherwise.
struct Placement {
    x: f32,
    y: f32,
    size: f32,
    /// Cosine and sine of the angle, clockwise.
    turn: (f32, f32),
    /// Distance of the halves, as a share of the size.
    gap: f32,
    solidity: f32,
    /// -1 is black, 0 as it is, 1 white.
    light: f32,
    /// Shift of the top per height.
    lean: f32,
    /// Factor on the width.
    width: f32,
    /// Share that is hidden from the bottom up.
    cover: f32,
}

impl Placement {
    /// A small object that does nothing.
    fn still(centre: [f32; 2], side: usize) -> Self {
        let side = side as f32;
        Self {
            x: centre[0] * side,
            y: centre[1] * side,
            size: COMPANION_SIZE * side,
            turn: (1.0, 0.0),
            gap: 0.0,
            solidity: 1.0,
            light: 0.0,
            lean: 0.0,
            width: 1.0,
            cover: 0.0,
        }
    }

    /// The object that acts. The ranges keep every state of it visible.
    fn of(frame: &FrameState, side: usize) -> Self {
        let pose: &Pose = &frame.pose;
        let span = |quality: Quality, low: f32, high: f32| low + (high - low) * pose.level(quality);
        let lap = TAU * pose.level(Quality::Lap);
        let orbit = [lap.cos(), lap.sin()].map(|part| 0.12 * part);
        let home = [span(Quality::Across, 0.3, 0.7), span(Quality::Down, 0.3, 0.7)];
        let pull = span(Quality::Nearness, 0.0, 0.65);
        let [x, y] = [0, 1].map(|axis| {
            let free = home[axis] + orbit[axis];
            (free + pull * (frame.corner[axis] - free) + frame.unrest[axis]) * side as f32
        });
        let angle = TAU * pose.level(Quality::Turn);
        Self {
            x,
            y,
            size: span(Quality::Size, 0.36f32.ln(), 0.66f32.ln()).exp() * side as f32,
            turn: (angle.cos(), angle.sin()),
            gap: span(Quality::Gap, 0.0, 0.45),
            solidity: span(Quality::Solidity, 0.25, 1.0),
            light: span(Quality::Light, -0.7, 0.7),
            lean: span(Quality::Lean, -0.6, 0.6),
            width: span(Quality::Width, 0.55, 1.3),
            cover: span(Quality::Cover, 0.0, 0.7),
        }
    }

    /// The point of the picture (across, down: 0 to 1) that is drawn at the pixel (x, y), and how much of
    /// the pixel the picture covers there (0 to 1); none outside the picture.
    #[inline]
    fn inverse(&self, x: f32, y: f32) -> Option<(f32, f32, f32)> {
        let scale = 1.0 / self.size;
        let (right, below) = ((x - self.x) * scale, (y - self.y) * scale);
        let right = (right + self.lean * below) / self.width;
        let (cosine, sine) = self.turn;
        let (along, down) = (right * cosine + below * sine, below * cosine - right * sine);
        let half = along.abs() - 0.5 * self.gap;
        // Distance to the nearest edge of the half picture, of the picture and of the cover.
        let inner = if self.gap > 0.0 { half } else { 1.0 };
        let inside = inner.min(0.5 - half).min(0.5 - down.abs()).min(0.5 - self.cover - below);
        let edge = (inside * self.size + 0.5).clamp(0.0, 1.0);
        (edge > 0.0).then(|| (0.5 + half.copysign(along) * half.signum().max(0.0), 0.5 + down, edge))
    }
}

/// Draws the frames of a plan one by one; for many plans, keep one [`Renderer`]. Each is its time and colours, `[side, side, 3]` from 0 to 255.
///
/// # Errors
///
/// [`DataError::Invalid`] when a picture's values do not fit its size, or the plan asks for a picture
/// that is not there.
pub fn render(
    plan: &Plan,
    objects: &[Picture],
    backgrounds: &[Picture],
) -> Result<impl Iterator<Item = (Timestamp, Vec<u8>)>, DataError> {
    let renderer = Renderer::new(objects, backgrounds, plan.side)?;
    renderer.check(plan)?;
    let frames = plan.frames.clone();
    Ok(frames.into_iter().map(move |frame| (frame.time, renderer.draw(&frame))))
}
