//! The balance of pump and pipe.
//!
//! The pump lifts `p = head · n² - a Q²`, the system takes `p = static + (filter + valve(load)) Q²`
//! (n: speed over its no-load value). Both meet at the working point
//! `Q = √((head · n² - static) / (a + filter + valve))`.

use super::machine::Machine;

/// Pressure at the discharge flange and flow through the meter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct WorkingPoint {
    /// bar
    pub(super) pressure: f32,
    /// l/min
    pub(super) flow: f32,
}

/// Where pump curve and system curve meet at `load` (which opens the valve) and `shaft_hz`.
pub(super) fn balance(machine: &Machine, load: f32, shaft_hz: f32) -> WorkingPoint {
    let speed = shaft_hz / machine.shaft_hz;
    let head = machine.head * speed * speed;
    let q2 = machine.nominal_flow * machine.nominal_flow;
    let internal = machine.curve * machine.head / q2;
    let pipe = 0.15 * machine.head / q2;
    let opening = 0.4 + 0.6 * load;
    let valve = 0.4 * machine.head / (q2 * opening * opening);
    let flow = ((head - machine.static_head).max(0.0) / (internal + pipe + valve)).sqrt();
    WorkingPoint { pressure: head - internal * flow * flow, flow }
}

#[cfg(test)]
mod tests {
    use super::super::random::{Draws, Purpose};
    use super::*;

    #[test]
    fn opening_the_valve_gives_more_flow_and_less_pressure() {
        let machine = Machine::draw(&mut Draws::new(3, 4).stream(Purpose::Machine));
        let shut = balance(&machine, 0.3, machine.shaft_hz);
        let open = balance(&machine, 0.9, machine.shaft_hz);
        assert!(open.flow > shut.flow && open.pressure < shut.pressure);
    }

    #[test]
    fn a_slower_pump_gives_less_of_both() {
        let machine = Machine::draw(&mut Draws::new(3, 4).stream(Purpose::Machine));
        let fast = balance(&machine, 0.6, machine.shaft_hz);
        let slow = balance(&machine, 0.6, 0.9 * machine.shaft_hz);
        assert!(slow.flow < fast.flow && slow.pressure < fast.pressure);
    }
}
