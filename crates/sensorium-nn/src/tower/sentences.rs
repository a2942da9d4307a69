//! Sentences as sub-words, and as token vectors that are kept.

use super::minilm::MiniLm;
use crate::error::NnError;
use burn::tensor::{Device, Int, Tensor, TensorData};
use std::path::Path;
use tokenizers::Tokenizer;

/// The sub-words of the published tokenizer.
#[derive(Clone, Debug)]
pub struct WordPieces {
    tokenizer: Tokenizer,
    longest: usize,
}

impl WordPieces {
    /// Reads `folder/tokenizer.json`; sequences are cut to `longest` sub-words, the two marks included.
    ///
    /// # Errors
    /// When the file is missing or damaged.
    pub fn load(folder: &Path, longest: usize) -> Result<Self, NnError> {
        let path = folder.join("tokenizer.json");
        let bytes = std::fs::read(&path).map_err(NnError::io(&path))?;
        Self::parse(&bytes, longest).map_err(|message| NnError::bundle(&path, message))
    }

    /// Reads a tokenizer from the bytes of its file.
    ///
    /// # Errors
    /// A sentence on what is wrong with them.
    pub fn parse(bytes: &[u8], longest: usize) -> Result<Self, String> {
        let mut tokenizer =
            Tokenizer::from_bytes(bytes).map_err(|e| format!("not a tokenizer ({e}); get it again"))?;
        let cut = tokenizers::TruncationParams { max_length: longest.max(3), ..Default::default() };
        tokenizer.with_truncation(Some(cut)).map_err(|e| e.to_string())?;
        tokenizer.with_padding(None);
        Ok(Self { tokenizer, longest: longest.max(3) })
    }

    /// The tokenizer as the bytes of a file.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn to_bytes(&self) -> Result<Vec<u8>, NnError> {
        self.tokenizer.to_string(false).map(String::into_bytes).map_err(|e| NnError::Text(e.to_string()))
    }

    /// Longest sequence.
    pub const fn longest(&self) -> usize {
        self.longest
    }

    /// Numbers of a sentence's sub-words, between its two marks.
    ///
    /// # Errors
    /// When the tokenizer fails.
    pub fn ids(&self, sentence: &str) -> Result<Vec<u32>, NnError> {
        let encoding = self.tokenizer.encode(sentence, true).map_err(|e| NnError::Text(e.to_string()))?;
        Ok(encoding.get_ids().to_vec())
    }
}

/// A sentence's token vectors.
#[derive(Clone, Debug, PartialEq)]
pub struct SentenceTokens {
    /// Number of tokens.
    pub tokens: usize,
    /// `[token, dim]`, row-major.
    pub values: Vec<f32>,
}

/// A text tower with its tokenizer.
#[derive(Clone, Debug)]
pub struct Sentences {
    /// Sub-words.
    pub pieces: WordPieces,
    /// The tower.
    pub tower: MiniLm,
}

impl Sentences {
    /// Loads tower and tokenizer from `folder`.
    ///
    /// # Errors
    /// Those of [`MiniLm::load`] and [`WordPieces::load`].
    pub fn load(folder: &Path, longest: usize, device: &Device) -> Result<Self, NnError> {
        Ok(Self { pieces: WordPieces::load(folder, longest)?, tower: MiniLm::load(folder, device)? })
    }

    /// Token vectors of each sentence, in order. Sentences of like length go through the tower together,
    /// batches side by side on the threads there are.
    ///
    /// # Errors
    /// When the tokenizer fails.
    pub fn tokens(&self, sentences: &[&str], device: &Device) -> Result<Vec<SentenceTokens>, NnError> {
        use rayon::prelude::*;
        const BATCH: usize = 32;
        let ids = sentences.par_iter().map(|s| self.pieces.ids(s)).collect::<Result<Vec<_>, _>>()?;
        let mut order: Vec<usize> = (0..ids.len()).collect();
        order.sort_by_key(|i| ids[*i].len());
        let mut found: Vec<(usize, SentenceTokens)> = order
            .par_chunks(BATCH)
            .flat_map_iter(|part| {
                let (values, longest, dim) =
                    self.batch(&part.iter().map(|i| ids[*i].as_slice()).collect::<Vec<_>>(), device);
                part.iter()
                    .enumerate()
                    .map(|(row, i)| {
                        let from = row * longest * dim;
                        let tokens = ids[*i].len();
                        (*i, SentenceTokens { tokens, values: values[from..from + tokens * dim].to_vec() })
                    })
                    .collect::<Vec<_>>()
            })
            .collect();
        found.sort_by_key(|(i, _)| *i);
        Ok(found.into_iter().map(|(_, tokens)| tokens).collect())
    }

    fn batch(&self, rows: &[&[u32]], device: &Device) -> (Vec<f32>, usize, usize) {
        let longest = rows.iter().map(|r| r.len()).max().unwrap_or(1);
        let mut ids = vec![0i64; rows.len() * longest];
        let mut mask = vec![0.0f32; rows.len() * longest];
        for (r, row) in rows.iter().enumerate() {
            for (t, id) in row.iter().enumerate() {
                ids[r * longest + t] = i64::from(*id);
                mask[r * longest + t] = 1.0;
            }
        }
        let shape = [rows.len(), longest];
        let ids = Tensor::<2, Int>::from_data(TensorData::new(ids, shape), device);
        let out = self.tower.forward(ids, Tensor::from_data(TensorData::new(mask, shape), device));
        let dim = out.dims()[2];
        (out.try_into_vec_as::<f32>().unwrap_or_default(), longest, dim)
    }

    /// Mean of the token vectors, at length one: what sentence-transformers gives.
    ///
    /// # Errors
    /// When the tokenizer fails.
    pub fn embeddings(&self, sentences: &[&str], device: &Device) -> Result<Vec<Vec<f32>>, NnError> {
        let pooled = self.tokens(sentences, device)?.into_iter().map(|s| {
            let dim = s.values.len() / s.tokens.max(1);
            let mut mean = vec![0.0f32; dim];
            for token in s.values.chunks_exact(dim.max(1)) {
                mean.iter_mut().zip(token).for_each(|(m, v)| *m += v);
            }
            let norm = mean.iter().map(|v| v * v).sum::<f32>().sqrt().max(1e-12);
            mean.iter_mut().for_each(|v| *v /= norm);
            mean
        });
        Ok(pooled.collect())
    }
}
