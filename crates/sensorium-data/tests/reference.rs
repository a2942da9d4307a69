//! The reference of `dataset.toml` follows the documentation of its fields.

#[test]
fn the_reference_is_the_one_on_file() {
    insta::assert_snapshot!(sensorium_data::dataset::reference());
}
