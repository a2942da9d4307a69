//! Curves with interval bands: ours against the baselines while something gets worse.

use super::axes::{Axes, spread};
use super::canvas::Canvas;
use super::scale::{Scale, extent, round_out};
use super::svg::{Anchor, Svg, circle, path, polyline, text};
use super::text::{fit, width};
use crate::number::format_number;

/// Lines over a common axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curves {
    /// Heading.
    pub title: String,
    /// A sentence below it, empty for none.
    pub text: String,
    /// What x is, such as "missing modalities".
    pub x_label: String,
    /// What y is, such as "macro-F1".
    pub y_label: String,
    /// Range of y; fitted to the data when there is none.
    pub y_range: Option<(f64, f64)>,
    /// The lines.
    pub lines: Vec<Line>,
}

/// One line.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Name, written at the line's end.
    pub name: String,
    /// What it stands for.
    pub role: LineRole,
    /// Points by rising x. A NaN breaks the line.
    pub points: Vec<CurvePoint>,
}

/// What a line stands for; it decides how the line is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineRole {
    /// Ours: strong.
    Own,
    /// A rival: thin, each in its own colour.
    Baseline,
    /// A bound, such as what can be reached at best: dashed and grey.
    Bound,
}

/// A point of a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurvePoint {
    /// Place.
    pub x: f64,
    /// Value.
    pub y: f64,
    /// Interval of the value.
    pub band: Option<(f64, f64)>,
}

impl CurvePoint {
    /// A point without an interval.
    pub const fn new(x: f64, y: f64) -> Self {
        Self { x, y, band: None }
    }

    /// A point with an interval, such as `metrics::Interval` or a pair.
    pub fn with_band(x: f64, y: f64, band: impl Into<(f64, f64)>) -> Self {
        Self { x, y, band: Some(band.into()) }
    }
}

impl Line {
    /// A line of a role.
    pub fn new(name: impl Into<String>, role: LineRole, points: Vec<CurvePoint>) -> Self {
        Self { name: name.into(), role, points }
    }
}

impl Curves {
    pub(crate) fn draw(&self, canvas: &Canvas) -> Svg {
        let mut svg = Svg::new(canvas.width, &self.title);
        let names = self.lines.iter().map(|l| width(&l.name, 12.5)).fold(0.0, f64::max).min(210.0);
        let right = canvas.pick(canvas.width - names - 40.0, canvas.width - 8.0);
        let top = canvas.pick(30.0, 34.0 + 18.0 * self.lines.len() as f64);
        let bottom = top + canvas.pick(280.0, 220.0);
        let axes = Axes::new((40.0, right), (top, bottom), self.x_range(), self.y_range());
        axes.draw_y(&mut svg, 5);
        axes.draw_x(&mut svg, &self.x_ticks(axes.x, canvas.pick(10, 6)));
        axes.name(&mut svg, &self.x_label, &self.y_label);
        // Ours last, on top of the others.
        let order = |role| match role {
            LineRole::Bound => 0,
            LineRole::Baseline => 1,
            LineRole::Own => 2,
        };
        let colors = self.colors();
        let mut drawn: Vec<(&Line, usize)> = self.lines.iter().zip(colors.iter().copied()).collect();
        drawn.sort_by_key(|(l, _)| order(l.role));
        for (line, color) in &drawn {
            self.draw_line(&mut svg, &axes, line, *color);
        }
        if canvas.narrow {
            for (i, (line, color)) in self.lines.iter().zip(colors).enumerate() {
                label(&mut svg, (8.0, 10.0 + 18.0 * i as f64), line, color, canvas.width);
            }
        } else {
            self.draw_labels(&mut svg, &axes, &colors);
        }
        svg.height(bottom + 44.0);
        svg
    }

    /// Names at the ends of their lines, moved apart where they crowd.
    fn draw_labels(&self, svg: &mut Svg, axes: &Axes, colors: &[usize]) {
        let ends: Vec<Option<(f64, f64)>> = self
            .lines
            .iter()
            .map(|l| {
                l.points.iter().rev().find(|p| p.y.is_finite()).map(|p| (axes.x.at(p.x), axes.y.at(p.y)))
            })
            .collect();
        let wished: Vec<f64> = ends.iter().map(|end| end.map_or(axes.down.1, |(_, y)| y)).collect();
        let places = spread(&wished, 18.0, (axes.down.0, axes.down.1));
        for (((line, &color), end), y) in self.lines.iter().zip(colors).zip(ends).zip(places) {
            let x = axes.across.1 + 16.0;
            if let Some((x_end, y_end)) = end {
                let data = polyline([(x_end + 5.0, y_end), (x - 2.0, y)]);
                svg.add(path(&data).class("leader"));
            }
            label(svg, (x + 5.0, y), line, color, 210.0);
        }
    }

    fn draw_line(&self, svg: &mut Svg, axes: &Axes, line: &Line, color: usize) {
        let place = |p: &CurvePoint, y: f64| (axes.x.at(p.x), axes.y.at(y).clamp(axes.down.0, axes.down.1));
        let banded: Vec<(&CurvePoint, (f64, f64))> = line
            .points
            .iter()
            .filter_map(|p| p.band.filter(|(lo, hi)| lo.is_finite() && hi.is_finite()).map(|band| (p, band)))
            .collect();
        if banded.len() > 1 {
            let upper = banded.iter().map(|(p, (_, hi))| place(p, *hi));
            let lower = banded.iter().rev().map(|(p, (lo, _))| place(p, *lo));
            svg.add(path(&format!("{}Z", polyline(upper.chain(lower)))).class(&format!("band f{color}")));
        }
        let data = polyline(
            line.points.iter().map(|p| if p.y.is_finite() { place(p, p.y) } else { (f64::NAN, 0.0) }),
        );
        let class = match line.role {
            LineRole::Own => format!("curve own s{color}"),
            LineRole::Baseline => format!("curve s{color}"),
            LineRole::Bound => "curve bound".to_owned(),
        };
        svg.add(path(&data).class(&class));
        for p in line.points.iter().filter(|p| p.y.is_finite()) {
            let (x, y) = place(p, p.y);
            let band = p.band.map_or_else(String::new, |(lo, hi)| {
                format!(" ({} – {})", format_number(lo, 3), format_number(hi, 3))
            });
            let at = format_number(p.x, if p.x.fract() == 0.0 { 0 } else { 2 });
            let hint = format!("{}, {} {at}: {}{band}", line.name, self.x_label, format_number(p.y, 3));
            let radius = if line.role == LineRole::Own { 4.0 } else { 2.6 };
            let class = if line.role == LineRole::Bound { "f8".to_owned() } else { format!("f{color}") };
            svg.add(circle(x, y, radius).class(&class).hint(&hint));
        }
    }

    /// Colours in an order that keeps neighbours apart; our own line has the first.
    fn colors(&self) -> Vec<usize> {
        let mut rivals = [1, 2, 7, 5, 4, 6, 3].into_iter().cycle();
        self.lines
            .iter()
            .map(|l| if l.role == LineRole::Baseline { rivals.next().unwrap_or(8) } else { 0 })
            .collect()
    }

    fn x_range(&self) -> (f64, f64) {
        let (lo, hi) = extent(self.points().map(|p| p.x)).unwrap_or((0.0, 1.0));
        let margin = (hi - lo) * 0.02;
        (lo - margin, hi + margin)
    }

    fn y_range(&self) -> (f64, f64) {
        self.y_range.unwrap_or_else(|| {
            let ys = self.points().flat_map(|p| {
                let (lo, hi) = p.band.unwrap_or((p.y, p.y));
                [p.y, lo, hi]
            });
            round_out(extent(ys).unwrap_or((0.0, 1.0)), 5)
        })
    }

    /// The places of the points themselves where they are few, else round values.
    fn x_ticks(&self, x: Scale, most: usize) -> Vec<(f64, String)> {
        let mut places: Vec<f64> = self.points().map(|p| p.x).filter(|x| x.is_finite()).collect();
        places.sort_by(f64::total_cmp);
        places.dedup();
        if places.len() > most {
            return x.ticks(most);
        }
        let whole = places.iter().all(|x| x.fract() == 0.0);
        places.into_iter().map(|x| (x, format_number(x, if whole { 0 } else { 2 }))).collect()
    }

    fn points(&self) -> impl Iterator<Item = &CurvePoint> {
        self.lines.iter().flat_map(|l| &l.points)
    }
}

/// A dash in the line's colour and its name.
fn label(svg: &mut Svg, (x, y): (f64, f64), line: &Line, color: usize, room: f64) {
    let class = match line.role {
        LineRole::Own => format!("curve own s{color}"),
        LineRole::Baseline => format!("curve s{color}"),
        LineRole::Bound => "curve bound".to_owned(),
    };
    svg.add(path(&polyline([(x - 4.0, y), (x + 8.0, y)])).class(&class));
    let weight = if line.role == LineRole::Own { "strong" } else { "" };
    let name = fit(&line.name, 12.5, room - 14.0);
    svg.add(text(x + 14.0, y + 4.2, Anchor::Start, &name).class(weight).hint(&line.name));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undefined_points_break_the_line_and_nothing_else() {
        let points = vec![
            CurvePoint::new(0.0, 0.9),
            CurvePoint::with_band(1.0, f64::NAN, (f64::NAN, f64::NAN)),
            CurvePoint::with_band(2.0, 0.7, (0.6, 0.8)),
        ];
        let curves = Curves { lines: vec![Line::new("ours", LineRole::Own, points)], ..Curves::default() };
        for canvas in [Canvas::wide("a"), Canvas::narrow("a")] {
            let svg = curves.draw(&canvas).finish("x");
            assert!(!svg.contains("NaN") && svg.contains("ours,  2: 0.700 (0.600 – 0.800)"));
        }
    }

    #[test]
    fn no_lines_is_an_empty_frame() {
        assert!(Curves::default().draw(&Canvas::wide("a")).finish("x").contains("class=\"axis\""));
    }
}
