//! What a fault adds to each sensor's equations.

use super::acoustic::AcousticTerms;
use super::current::CurrentTerms;
use super::flow::FlowTerms;
use super::log::LogTerms;
use super::pressure::PressureTerms;
use super::temperature::TemperatureTerms;
use super::thermal::ThermalTerms;
use super::vibration::VibrationTerms;

/// The fault's terms in the equations of all sensors; the default is a healthy rig.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Terms {
    /// Extra shaft lines, impacts and turbulence at the accelerometer.
    pub vibration: VibrationTerms,
    /// Extra impacts, crackle, hiss and rub at the microphone.
    pub acoustic: AcousticTerms,
    /// Extra modulation and harmonics of the current.
    pub current: CurrentTerms,
    /// Extra pressure fluctuations.
    pub pressure: PressureTerms,
    /// Extra flow fluctuations.
    pub flow: FlowTerms,
    /// Extra heat at the two temperature sensors.
    pub temperature: TemperatureTerms,
    /// Extra heat in the picture.
    pub thermal: ThermalTerms,
    /// What the operator notices.
    pub log: LogTerms,
}
