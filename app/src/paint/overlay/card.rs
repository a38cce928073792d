//! What lies on the graphics card: the pipeline, the texture of the mask, and one set of uniforms a place.

use eframe::egui_wgpu::{CallbackResources, CallbackTrait, RenderState, ScreenDescriptor};
use eframe::wgpu;
use egui::{PaintCallbackInfo, Rect};

use crate::paint::overlay::{Overlay, OverlayLook};
use crate::viewport::ScreenFromFrame;

/// Places on screen that can show the mask in one frame.
pub const NUM_SLOTS: usize = 2;
/// Floats of the uniforms, as `mask.wgsl` lays them out.
const NUM_UNIFORMS: usize = 16;

/// One drawing of the mask in one frame.
pub struct Drawing {
    pub overlay: Overlay,
    pub stage: Rect,
    pub view: ScreenFromFrame,
    pub look: OverlayLook,
    pub slot: usize,
}

/// Kept by egui's renderer.
struct Card {
    pipeline: wgpu::RenderPipeline,
    layout: wgpu::BindGroupLayout,
    sampler: wgpu::Sampler,
    uniforms: Vec<wgpu::Buffer>,
    is_linear: bool,
    mask: Option<OnCard>,
}

/// The mask on the card.
struct OnCard {
    number: u64,
    texture: wgpu::Texture,
    groups: Vec<wgpu::BindGroup>,
}

/// Prepares the card, and gives the largest side of a texture that it takes.
pub fn install(state: &RenderState) -> u32 {
    let card = Card::new(&state.device, state.target_format);
    state.renderer.write().callback_resources.insert(card);
    state.device.limits().max_texture_dimension_2d
}

impl Card {
    fn new(device: &wgpu::Device, target: wgpu::TextureFormat) -> Self {
        let shader = device.create_shader_module(wgpu::include_wgsl!("mask.wgsl"));
        let entry = |binding, ty| wgpu::BindGroupLayoutEntry {
            binding,
            visibility: wgpu::ShaderStages::FRAGMENT,
            ty,
            count: None,
        };
        let layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("mask"),
            entries: &[
                entry(
                    0,
                    wgpu::BindingType::Buffer {
                        ty: wgpu::BufferBindingType::Uniform,
                        has_dynamic_offset: false,
                        min_binding_size: None,
                    },
                ),
                entry(
                    1,
                    wgpu::BindingType::Texture {
                        sample_type: wgpu::TextureSampleType::Float { filterable: true },
                        view_dimension: wgpu::TextureViewDimension::D2,
                        multisampled: false,
                    },
                ),
                entry(
                    2,
                    wgpu::BindingType::Sampler(wgpu::SamplerBindingType::Filtering),
                ),
            ],
        });
        let pipeline_layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: Some("mask"),
            bind_group_layouts: &[Some(&layout)],
            immediate_size: 0,
        });
        let pipeline = device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: Some("mask"),
            layout: Some(&pipeline_layout),
            vertex: wgpu::VertexState {
                module: &shader,
                entry_point: Some("vertex_main"),
                compilation_options: wgpu::PipelineCompilationOptions::default(),
                buffers: &[],
            },
            primitive: wgpu::PrimitiveState::default(),
            depth_stencil: None,
            multisample: wgpu::MultisampleState::default(),
            fragment: Some(wgpu::FragmentState {
                module: &shader,
                entry_point: Some("fragment_main"),
                compilation_options: wgpu::PipelineCompilationOptions::default(),
                targets: &[Some(wgpu::ColorTargetState {
                    format: target,
                    blend: Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING),
                    write_mask: wgpu::ColorWrites::ALL,
                })],
            }),
            multiview_mask: None,
            cache: None,
        });
        // Pixels are seen as such when magnified.
        let sampler = device.create_sampler(&wgpu::SamplerDescriptor {
            label: Some("mask"),
            mag_filter: wgpu::FilterMode::Nearest,
            min_filter: wgpu::FilterMode::Linear,
            ..Default::default()
        });
        let buffer = |_| {
            device.create_buffer(&wgpu::BufferDescriptor {
                label: Some("mask"),
                size: 4 * NUM_UNIFORMS as u64,
                usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
                mapped_at_creation: false,
            })
        };
        Self {
            pipeline,
            layout,
            sampler,
            uniforms: (0..NUM_SLOTS).map(buffer).collect(),
            is_linear: target.is_srgb(),
            mask: None,
        }
    }

    /// A texture of this size, with what binds it in every place.
    fn texture(&self, device: &wgpu::Device, number: u64, size: [u32; 2]) -> OnCard {
        let texture = device.create_texture(&wgpu::TextureDescriptor {
            label: Some("mask"),
            size: extent(size),
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: wgpu::TextureFormat::R8Unorm,
            usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
            view_formats: &[],
        });
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        let group = |uniforms: &wgpu::Buffer| {
            device.create_bind_group(&wgpu::BindGroupDescriptor {
                label: Some("mask"),
                layout: &self.layout,
                entries: &[
                    wgpu::BindGroupEntry {
                        binding: 0,
                        resource: uniforms.as_entire_binding(),
                    },
                    wgpu::BindGroupEntry {
                        binding: 1,
                        resource: wgpu::BindingResource::TextureView(&view),
                    },
                    wgpu::BindGroupEntry {
                        binding: 2,
                        resource: wgpu::BindingResource::Sampler(&self.sampler),
                    },
                ],
            })
        };
        let groups = self.uniforms.iter().map(group).collect();
        OnCard {
            number,
            texture,
            groups,
        }
    }
}

impl CallbackTrait for Drawing {
    /// Sends changed pixels and the view to the card.
    fn prepare(
        &self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        screen: &ScreenDescriptor,
        _encoder: &mut wgpu::CommandEncoder,
        resources: &mut CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        let Some(card) = resources.get_mut::<Card>() else {
            return Vec::new();
        };
        let mut waiting = self.overlay.lock();
        let is_there = card.mask.as_ref().map(|mask| mask.number) == Some(waiting.number);
        if !is_there {
            card.mask = Some(card.texture(device, waiting.number, waiting.size));
        }
        let patches = waiting.take();
        let frame_size = waiting.size.map(|side| (side * waiting.factor) as f32);
        drop(waiting);
        if let Some(mask) = &card.mask {
            for patch in patches {
                queue.write_texture(
                    wgpu::TexelCopyTextureInfo {
                        texture: &mask.texture,
                        mip_level: 0,
                        origin: wgpu::Origin3d {
                            x: patch.at[0],
                            y: patch.at[1],
                            z: 0,
                        },
                        aspect: wgpu::TextureAspect::All,
                    },
                    &patch.values,
                    wgpu::TexelCopyBufferLayout {
                        offset: 0,
                        bytes_per_row: Some(patch.size[0]),
                        rows_per_image: None,
                    },
                    extent(patch.size),
                );
            }
        }
        let values = self.uniforms(frame_size, screen.pixels_per_point, card.is_linear);
        let bytes: Vec<u8> = values.into_iter().flat_map(f32::to_le_bytes).collect();
        if let Some(buffer) = card.uniforms.get(self.slot) {
            queue.write_buffer(buffer, 0, &bytes);
        }
        Vec::new()
    }

    fn paint(
        &self,
        _info: PaintCallbackInfo,
        pass: &mut wgpu::RenderPass<'static>,
        resources: &CallbackResources,
    ) {
        let card = resources.get::<Card>();
        let group = card
            .and_then(|card| card.mask.as_ref())
            .and_then(|mask| mask.groups.get(self.slot));
        if let (Some(card), Some(group)) = (card, group) {
            pass.set_pipeline(&card.pipeline);
            pass.set_bind_group(0, group, &[]);
            pass.draw(0..3, 0..1);
        }
    }
}

impl Drawing {
    /// In the order of `mask.wgsl`. The size of the frame is in whole pixels of the texture.
    fn uniforms(
        &self,
        size: [f32; 2],
        pixels_per_point: f32,
        is_linear: bool,
    ) -> [f32; NUM_UNIFORMS] {
        let origin = self.view.frame_point(self.stage.min);
        let span = self.stage.size() / self.view.scale;
        let screen = self.stage.size() * pixels_per_point;
        let [red, green, blue, _] = self.look.color.to_normalized_gamma_f32();
        [
            origin.x,
            origin.y,
            span.x,
            span.y,
            size[0],
            size[1],
            screen.x,
            screen.y,
            red,
            green,
            blue,
            self.look.opacity,
            f32::from(self.look.has_outline),
            f32::from(is_linear),
            0.0,
            0.0,
        ]
    }
}

fn extent(size: [u32; 2]) -> wgpu::Extent3d {
    wgpu::Extent3d {
        width: size[0],
        height: size[1],
        depth_or_array_layers: 1,
    }
}
