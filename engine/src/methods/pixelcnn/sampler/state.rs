//! A few pictures in the making, and of every layer the two newest rows: no convolution looks further.

use super::draw::drawn;
use super::layer::{LANES, Lane, Layer};
use super::maps::{Form, Map, gate};
use super::program::{Op, Program, Step};
use crate::nn::noise::SplitMix;

/// Channels of the picture as the network sees it: three colors, and ones where there is a picture.
const PICTURE: usize = 4;

/// Up to [`LANES`] pictures.
pub struct Group {
    side: usize,
    picture: Map,
    maps: Vec<Map>,
    sums: Vec<Lane>,
    gates: Vec<Lane>,
    /// What the network says about the newest pixel.
    pub outputs: Vec<Lane>,
    /// What each picture is drawn from.
    noises: Vec<SplitMix>,
    /// RGB8 pictures, one for each of `noises`.
    pub pixels: Vec<Vec<u8>>,
}

impl Group {
    /// Pictures of `side` by `side` pixels, of which the network has seen nothing yet.
    pub fn new(
        program: &Program,
        side: usize,
        noises: Vec<SplitMix>,
        pixels: Vec<Vec<u8>>,
    ) -> Self {
        let channels = program.channels;
        let map = |scale: &usize| Map::new(2, side.div_ceil(*scale), channels);
        Self {
            side,
            // Two rows above the newest are seen.
            picture: Map::new(3, side, PICTURE),
            maps: program.maps.iter().map(map).collect(),
            sums: vec![[0.0; LANES]; Layer::room(channels)],
            gates: vec![[0.0; LANES]; Layer::room(2 * channels)],
            outputs: vec![[0.0; LANES]; Layer::room(program.last.outputs())],
            noises,
            pixels,
        }
    }

    /// The next row: as `pixels` have it if `is_given`, else drawn from what the network says.
    pub fn row(&mut self, program: &Program, row: usize, is_given: bool, temperature: f64) {
        self.start_row(program, row);
        for column in 0..self.side {
            self.look(program, row, column);
            if !is_given {
                self.ask(program, row, column);
                self.draw(program, row, column, temperature);
            }
            self.show(row, column);
        }
    }

    /// The features that see whole rows above.
    pub fn start_row(&mut self, program: &Program, row: usize) {
        for step in &program.above {
            if row.is_multiple_of(step.scale) {
                for column in 0..self.side.div_ceil(step.scale) {
                    self.step(step, [row / step.scale, column]);
                }
            }
        }
    }

    /// The features at the next pixel.
    pub fn look(&mut self, program: &Program, row: usize, column: usize) {
        for step in &program.left {
            if row.is_multiple_of(step.scale) && column.is_multiple_of(step.scale) {
                self.step(step, [row / step.scale, column / step.scale]);
            }
        }
    }

    /// What the features say about it: `outputs`.
    pub fn ask(&mut self, program: &Program, row: usize, column: usize) {
        self.outputs.fill([0.0; LANES]);
        let features = &self.maps[program.last_map];
        // Of both halves of the activated features the last layer wants the first.
        let input = |row, column| features.at(Form::Bent, row, column);
        program.last.add([row, column], input, &mut self.outputs);
    }

    fn draw(&mut self, program: &Program, row: usize, column: usize, temperature: f64) {
        let place = 3 * (row * self.side + column);
        let count = program.last.outputs();
        for (lane, (noise, pixels)) in self.noises.iter_mut().zip(&mut self.pixels).enumerate() {
            let output = |at: usize| f64::from(self.outputs[at][lane]);
            let levels = drawn(output, count, temperature, noise);
            pixels[place..][..3].copy_from_slice(&levels);
        }
    }

    /// Lets the network see the pixel.
    pub fn show(&mut self, row: usize, column: usize) {
        let mut pixel = [[1.0; LANES]; PICTURE];
        let place = 3 * (row * self.side + column);
        for (lane, pixels) in self.pixels.iter().enumerate() {
            for (value, level) in pixel.iter_mut().zip(&pixels[place..][..3]) {
                value[lane] = f32::from(*level) / 127.5 - 1.0;
            }
        }
        self.picture.put([row, column], &pixel);
    }

    fn step(&mut self, step: &Step, place: [usize; 2]) {
        let [row, column] = place;
        let (maps, sums) = (&self.maps, &mut self.sums);
        let picture = |row, column| self.picture.at(Form::Raw, row, column);
        sums.fill([0.0; LANES]);
        match &step.op {
            Op::Above(layer) => {
                if 0 < row {
                    layer.add(place, picture, sums);
                }
            }
            Op::Beside { above, left } => {
                if 0 < row {
                    above.add(place, picture, sums);
                }
                if 0 < column {
                    left.add(place, picture, sums);
                }
            }
            Op::Smaller { layer, input } => add(layer, &maps[*input], Form::Raw, place, sums),
            Op::Larger { layers, input } => {
                let layer = &layers[row % 2][column % 2];
                add(layer, &maps[*input], Form::Raw, [row / 2, column / 2], sums);
            }
            Op::Sum(layers) => {
                for (map, layer) in layers {
                    add(layer, &maps[*map], Form::Bent, place, sums);
                }
            }
            Op::Gate {
                layer,
                hidden,
                input,
            } => {
                self.gates.fill([0.0; LANES]);
                add(layer, &maps[*hidden], Form::Bent, place, &mut self.gates);
                let [row, column] = place.map(|at| at as isize);
                if let Some(input) = maps[*input].at(Form::Raw, row, column) {
                    gate(input, &self.gates, sums);
                }
            }
        }
        self.maps[step.output].put(place, &self.sums);
    }
}

/// Adds what a layer makes of a map at a place of its output.
fn add(layer: &Layer, map: &Map, form: Form, place: [usize; 2], sums: &mut [Lane]) {
    layer.add(place, |row, column| map.at(form, row, column), sums);
}
