//! An example recording: its modality weights over time above its streams.
//!
//! All times are seconds from the start of the recording.

mod frame;
mod images;
mod log;
mod series;
mod spectrogram;
mod spells;
mod weights;

use super::canvas::Canvas;
use super::svg::{Anchor, Svg, rect, text};
use super::text::{fit, width};
use frame::{Frame, Panel};

/// A recording with what the model made of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timeline {
    /// Heading.
    pub title: String,
    /// A sentence below it, empty for none.
    pub text: String,
    /// Start and end of the picture, in seconds.
    pub span: (f64, f64),
    /// Modality names; their order fixes the colours and the layers of the weights.
    pub modalities: Vec<String>,
    /// The weights of each window, by rising start.
    pub weights: Vec<WeightRow>,
    /// What was true when.
    pub truth: Vec<Spell>,
    /// What the model said when.
    pub predicted: Vec<Spell>,
    /// The streams.
    pub lanes: Vec<Lane>,
}

/// The modality weights of one window.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightRow {
    /// Start of the window, in seconds.
    pub start: f64,
    /// End of the window, in seconds.
    pub end: f64,
    /// One weight for each modality of the timeline; those that are short count as 0.
    pub weights: Vec<f32>,
}

/// A label that holds for a while.
#[derive(Clone, Debug, PartialEq)]
pub struct Spell {
    /// Start, in seconds.
    pub start: f64,
    /// End, in seconds.
    pub end: f64,
    /// The label.
    pub label: String,
}

/// One stream.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    /// Name of the stream.
    pub name: String,
    /// Unit, empty for none.
    pub unit: String,
    /// Its place among the timeline's modalities, which gives its colour.
    pub modality: usize,
    /// What it recorded.
    pub content: LaneContent,
    /// Where it failed, and how ("missing", "frozen"): shaded and named.
    pub failures: Vec<Spell>,
}

/// What a stream recorded.
#[derive(Clone, Debug, PartialEq)]
pub enum LaneContent {
    /// A series; one value for each time. A NaN breaks the line.
    Series {
        /// Times by rising order, in seconds.
        times: Vec<f64>,
        /// Values, in the lane's unit.
        values: Vec<f32>,
    },
    /// Sound, drawn as a spectrogram.
    Audio {
        /// Time of the first sample, in seconds.
        start: f64,
        /// Samples per second.
        rate_hz: f64,
        /// The samples of one channel.
        samples: Vec<f32>,
    },
    /// Images, drawn as a strip.
    Images {
        /// Time of each image, in seconds.
        times: Vec<f64>,
        /// Pixels across.
        width: usize,
        /// Pixels down.
        height: usize,
        /// Brightness of each image, row-major, `[image, row, column]`, in any unit.
        pixels: Vec<f32>,
    },
    /// Lines of text at a time.
    Text {
        /// Time in seconds, and the line.
        entries: Vec<(f64, String)>,
    },
}

/// The number of modality colours; further modalities begin again.
const COLORS: usize = 9;

impl Timeline {
    pub(crate) fn draw(&self, canvas: &Canvas) -> Svg {
        let mut svg = Svg::new(canvas.width, &self.title);
        let mut frame = Frame::new(canvas, self.span);
        if !self.truth.is_empty() {
            let panel =
                frame.panel(&mut svg, Panel { height: 24.0, name: "true", plain: true, ..Panel::default() });
            spells::strip(&mut svg, &panel, &self.truth, &[]);
        }
        if !self.predicted.is_empty() {
            let panel = frame
                .panel(&mut svg, Panel { height: 24.0, name: "predicted", plain: true, ..Panel::default() });
            spells::strip(&mut svg, &panel, &self.predicted, &self.truth);
        }
        if !self.weights.is_empty() {
            let height = canvas.pick(150.0, 130.0);
            frame.space(6.0);
            let panel = frame.panel(&mut svg, Panel { height, name: "weights", ..Panel::default() });
            weights::stack(&mut svg, &panel, &self.modalities, &self.weights);
            frame.space(6.0);
        }
        for (i, lane) in self.lanes.iter().enumerate() {
            lane.draw(&mut svg, &mut frame, &format!("{}-{i}", canvas.id));
        }
        let bottom = frame.time_axis(&mut svg);
        svg.height(bottom);
        svg
    }
}

impl Lane {
    fn draw(&self, svg: &mut Svg, frame: &mut Frame, id: &str) {
        let color = self.modality % COLORS;
        let height = match self.content {
            LaneContent::Series { .. } => 48.0,
            LaneContent::Audio { .. } => 54.0,
            LaneContent::Images { .. } => 42.0,
            LaneContent::Text { .. } => 40.0,
        };
        let detail = match &self.content {
            LaneContent::Series { values, .. } => series::range_text(values, &self.unit),
            LaneContent::Audio { rate_hz, .. } => spectrogram::range_text(*rate_hz),
            LaneContent::Images { .. } | LaneContent::Text { .. } => self.unit.clone(),
        };
        let plain = matches!(self.content, LaneContent::Images { .. });
        let wanted = Panel { height, name: &self.name, detail: &detail, color: Some(color), plain };
        let panel = frame.panel(svg, wanted);
        for failure in &self.failures {
            let (x0, x1) = panel.span(failure.start, failure.end);
            svg.add(rect(x0, panel.top, x1 - x0, panel.height).class("failure").hint(&failure.label));
        }
        match &self.content {
            LaneContent::Series { times, values } => series::trace(svg, &panel, times, values, color),
            LaneContent::Audio { start, rate_hz, samples } => {
                spectrogram::picture(svg, &panel, (*start, *rate_hz), samples, color, id);
            }
            LaneContent::Images { times, width, height, pixels } => {
                images::strip(svg, &panel, times, (*width, *height), pixels);
            }
            LaneContent::Text { entries } => log::entries(svg, &panel, entries, color),
        }
        for failure in &self.failures {
            let (x0, x1) = panel.span(failure.start, failure.end);
            svg.add(rect(x0, panel.top, x1 - x0, panel.height).class("failure-edge"));
            let label = fit(&failure.label, 11.0, x1 - x0 - 10.0);
            if !label.is_empty() {
                svg.add(rect(x0, panel.top, width(&label, 11.0) + 9.0, 16.0).class("chip"));
                svg.add(text(x0 + 5.0, panel.top + 12.0, Anchor::Start, &label).class("small alarm"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_recording_draws_an_axis() {
        for canvas in [Canvas::wide("a"), Canvas::narrow("a")] {
            assert!(Timeline::default().draw(&canvas).finish("x").contains("class=\"axis\""));
        }
    }

    #[test]
    fn streams_without_a_sample_draw() {
        let lanes = [
            LaneContent::Series { times: vec![], values: vec![] },
            LaneContent::Series { times: vec![1.0, 2.0], values: vec![f32::NAN, f32::NAN] },
            LaneContent::Audio { start: 0.0, rate_hz: f64::NAN, samples: vec![0.0; 10] },
            LaneContent::Audio { start: 0.0, rate_hz: 8000.0, samples: vec![] },
            LaneContent::Images { times: vec![1.0], width: 4, height: 4, pixels: vec![0.0; 3] },
            LaneContent::Text { entries: vec![] },
        ];
        let lane = |content| Lane {
            name: "s".to_owned(),
            unit: String::new(),
            modality: 11,
            content,
            failures: vec![Spell { start: -1.0, end: 99.0, label: "missing".to_owned() }],
        };
        let timeline = Timeline { span: (0.0, 10.0), lanes: lanes.map(lane).to_vec(), ..Timeline::default() };
        assert!(!timeline.draw(&Canvas::wide("a")).finish("x").contains("NaN"));
    }
}
