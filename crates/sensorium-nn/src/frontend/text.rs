//! Words as sub-word ids.

use super::StreamFeatures;
use crate::error::NnError;
use sensorium_data::{Samples, Span, Stream};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, OnceLock};
use tokenizers::models::bpe::{BPE, BpeTrainer};
use tokenizers::normalizers::Lowercase;
use tokenizers::pre_tokenizers::whitespace::Whitespace;
use tokenizers::{AddedToken, Tokenizer, TokenizerBuilder, TokenizerImpl};

type Bpe = TokenizerImpl<
    BPE,
    Lowercase,
    Whitespace,
    tokenizers::processors::PostProcessorWrapper,
    tokenizers::decoders::DecoderWrapper,
>;

/// The newest words of a window, as ids of byte-pair sub-words (Sennrich et al. 2016,
/// arXiv:1508.07909) learned from the training text. Id 0 is padding, 1 an unknown character.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TextFrontend {
    /// Tokens in a window; older words fall out first.
    pub tokens: usize,
    /// Ids that occur, padding included.
    pub vocabulary: usize,
    /// The tokenizer, in the `tokenizer.json` format.
    tokenizer: String,
    #[serde(skip)]
    parsed: OnceLock<Option<Arc<Tokenizer>>>,
}

impl PartialEq for TextFrontend {
    fn eq(&self, other: &Self) -> bool {
        self.tokens == other.tokens && self.tokenizer == other.tokenizer
    }
}

impl TextFrontend {
    /// Learns at most `vocabulary` sub-words from the training entries.
    ///
    /// # Errors
    /// When the tokenizer cannot be trained.
    pub fn fit<'a>(
        tokens: usize,
        vocabulary: usize,
        entries: impl Iterator<Item = &'a str>,
    ) -> Result<Self, NnError> {
        let failed = |e: tokenizers::Error| NnError::Text(e.to_string());
        // Sorted and counted, so that neither order nor hashing changes the result.
        let mut sorted: Vec<&str> = entries.collect();
        sorted.sort_unstable();
        let special = |s: &str| AddedToken::from(s.to_string(), true);
        let mut trainer = BpeTrainer::builder()
            .vocab_size(vocabulary)
            .min_frequency(2)
            .show_progress(false)
            .special_tokens(vec![special("[pad]"), special("[unk]")])
            .build();
        let model = BPE::builder().unk_token("[unk]".into()).build().map_err(failed)?;
        let mut bpe: Bpe = TokenizerBuilder::new()
            .with_model(model)
            .with_normalizer(Some(Lowercase))
            .with_pre_tokenizer(Some(Whitespace {}))
            .with_post_processor(None)
            .with_decoder(None)
            .build()
            .map_err(failed)?;
        bpe.train(&mut trainer, sorted.into_iter().map(str::to_string)).map_err(failed)?;
        let vocabulary = bpe.get_vocab_size(true).max(2);
        Ok(Self {
            tokens,
            vocabulary,
            tokenizer: bpe.to_string(false).map_err(failed)?,
            parsed: OnceLock::new(),
        })
    }

    fn tokenizer(&self) -> Option<&Tokenizer> {
        let parse = || self.tokenizer.parse::<Tokenizer>().ok().map(Arc::new);
        self.parsed.get_or_init(parse).as_deref()
    }

    /// Whether the tokenizer can be read and has the vocabulary that is stated.
    pub(super) fn is_whole(&self) -> bool {
        self.tokenizer().is_some_and(|t| t.get_vocab_size(true).max(2) == self.vocabulary)
    }

    pub(super) fn features(&self, stream: &Stream, span: Span) -> Option<StreamFeatures> {
        let Samples::Text(entries) = &stream.samples else { return None };
        let tokenizer = self.tokenizer()?;
        let mut found: Vec<(f32, f32, f32)> = Vec::new();
        for (i, entry) in entries.iter().enumerate() {
            let start = stream.times.at(i).ms_since(span.start);
            let end = if i + 1 < entries.len() { stream.times.at(i + 1) } else { span.end };
            let end = end.ms_since(span.start);
            if let Ok(encoding) = tokenizer.encode_fast(entry.as_str(), false) {
                let top = self.vocabulary as u32 - 1;
                found.extend(encoding.get_ids().iter().map(|id| ((*id).min(top) as f32, start, end)));
            }
        }
        let newest = &found[found.len().saturating_sub(self.tokens)..];
        let pad = |mut v: Vec<f32>| {
            v.resize(self.tokens, 0.0);
            v
        };
        Some(StreamFeatures {
            values: pad(newest.iter().map(|f| f.0).collect()),
            start_ms: pad(newest.iter().map(|f| f.1).collect()),
            end_ms: pad(newest.iter().map(|f| f.2).collect()),
            mask: (0..self.tokens).map(|i| i < newest.len()).collect(),
            quality: 0.0,
            staleness: 0.0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn training_twice_gives_the_same_tokenizer() {
        let text = ["pump hums evenly", "pump whines", "the pump whines again", "filter gauge in the red"];
        let fit = || TextFrontend::fit(8, 60, text.iter().copied()).unwrap();
        assert_eq!(fit(), fit());
        assert!(fit().vocabulary > 10);
    }
}
