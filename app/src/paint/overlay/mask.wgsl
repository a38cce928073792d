// Draws a mask over the frame: what is marked in one color, soft parts hatched, a line around the half-marked.

struct Look {
    // Of the frame, in its pixels: what lies at the left top of the stage, and how much the stage spans.
    origin: vec2<f32>,
    span: vec2<f32>,
    // Size of the frame in pixels.
    size: vec2<f32>,
    // Of the stage on screen, in physical pixels.
    screen: vec2<f32>,
    color: vec3<f32>,
    opacity: f32,
    has_outline: f32,
    // Whether the target turns linear light into sRGB by itself.
    is_linear: f32,
    padding: vec2<f32>,
};

@group(0) @binding(0) var<uniform> look: Look;
@group(0) @binding(1) var mask: texture_2d<f32>;
@group(0) @binding(2) var mask_sampler: sampler;

struct Corner {
    @builtin(position) position: vec4<f32>,
    @location(0) share: vec2<f32>,
};

@vertex
fn vertex_main(@builtin(vertex_index) index: u32) -> Corner {
    // One triangle over the whole stage.
    let share = vec2<f32>(f32((index << 1u) & 2u), f32(index & 2u));
    var corner: Corner;
    corner.position = vec4<f32>(share.x * 2.0 - 1.0, 1.0 - share.y * 2.0, 0.0, 1.0);
    corner.share = share;
    return corner;
}

fn marked(at: vec2<f32>) -> f32 {
    let inside = all(at >= vec2<f32>(0.0)) && all(at < look.size);
    let value = textureSampleLevel(mask, mask_sampler, at / look.size, 0.0).r;
    return select(0.0, value, inside);
}

fn to_linear(color: vec3<f32>) -> vec3<f32> {
    let low = color / 12.92;
    let high = pow((color + vec3<f32>(0.055)) / 1.055, vec3<f32>(2.4));
    return select(high, low, color <= vec3<f32>(0.04045));
}

@fragment
fn fragment_main(corner: Corner) -> @location(0) vec4<f32> {
    let at = look.origin + corner.share * look.span;
    let pixel = look.span / look.screen;
    let value = marked(at);
    let here = value >= 0.5;
    var neighbors = 0.0;
    neighbors += f32(marked(at + vec2<f32>(pixel.x, 0.0)) >= 0.5);
    neighbors += f32(marked(at - vec2<f32>(pixel.x, 0.0)) >= 0.5);
    neighbors += f32(marked(at + vec2<f32>(0.0, pixel.y)) >= 0.5);
    neighbors += f32(marked(at - vec2<f32>(0.0, pixel.y)) >= 0.5);
    let is_edge = (here && neighbors < 3.5) || (!here && neighbors > 0.5);
    var alpha = value * look.opacity;
    // Soft parts are hatched, so that a guess does not look like a certain mark.
    let diagonal = corner.share.x * look.screen.x + corner.share.y * look.screen.y;
    let is_soft = value > 0.02 && value < 0.98;
    if is_soft && fract(diagonal / 7.0) < 0.5 {
        alpha = alpha * 0.55;
    }
    if is_edge && look.has_outline > 0.5 {
        alpha = max(alpha, select(0.0, select(0.55, 0.95, here), look.opacity > 0.0));
    }
    var color = look.color;
    if is_edge && look.has_outline > 0.5 && !here {
        color = vec3<f32>(0.03);
    }
    if look.is_linear > 0.5 {
        color = to_linear(color);
    }
    return vec4<f32>(color * alpha, alpha);
}
