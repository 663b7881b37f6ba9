"""A transformers LlamaForCausalLM of a case's sizes, random weights, float32."""

import transformers


def make_model(sizes, **token_ids):
    config = transformers.LlamaConfig(
        vocab_size=sizes["vocabSize"], hidden_size=sizes["hiddenSize"], intermediate_size=sizes["intermediateSize"],
        num_hidden_layers=sizes["numHiddenLayers"], num_attention_heads=sizes["numAttentionHeads"],
        num_key_value_heads=sizes["numKeyValueHeads"], head_dim=sizes["headDim"], rms_norm_eps=sizes["rmsNormEps"],
        rope_parameters=dict(rope_type="default", rope_theta=sizes["ropeTheta"]),
        max_position_embeddings=sizes["maxPositionEmbeddings"], tie_word_embeddings=sizes["tieWordEmbeddings"],
        attn_implementation="sdpa", bos_token_id=None, **token_ids,
    )
    return transformers.LlamaForCausalLM(config)
