#!/usr/bin/env python3
"""Golden vectors of text to tokens and back, by the tokenizers library and transformers: writes rlhf-testing's golden/text.json.

The tokenizers are trained here on a few sentences: byte-level BPE with and without a prefix space, SentencePiece's BPE in its older
(Prepend) and newer (Metaspace) form with byte fallback, Unigram, WordPiece; each with nothing, BOS, and BOS and EOS around a text.
"""
import json
import tempfile
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from tokenizers.decoders import DecodeStream
from transformers import AutoTokenizer

OUT = Path(__file__).resolve().parents[2] / "rlhf-testing/src/main/resources/golden/text.json"
BOS, EOS, UNK = "<s>", "</s>", "<unk>"
CORPUS = [
    "Question: how many? Answer: 42. The answer to the question is a number, mostly.",
    "the quick brown fox jumps over the lazy dog, and the dog answers: four, five, six!",
    "Human: hi there\n\nAssistant: hello, how are you today?\n\nHuman: fine, café au lait",
    "naïve résumé 日本語 テキスト 中文 👋🏽 end",
] * 4
TEXTS = [
    "the answer", " the answer ", "  two  spaces", "line\nbreak\n", "\n", " ", "", "café naïve résumé", "cafe\u0301",
    "日本語と中文", "hi 👋🏽 there 👩‍👩‍👧", "a</s>b", "x<s>", "tab\tand\u00a0nbsp", "\u0000nul", "𝒳𝓎",
]
EXAMPLES = [
    ("Question: how many? Answer:", "42"), ("Question: how many? Answer:", " 42"), ("Question: how many? Answer: ", "42"),
    ("the answer to", ", café"), ("the ans", "wer is four"), ("a", "nswer"), ("e", "\u0301 combined"), ("say ", "👋🏽"), ("👋", "🏽"),
    ("日本", "語と中文"), ("hi", ""), (" lead", "trail "), ("one\n", "\ntwo"), ("Q: two plus two? A:", " four</s>"),
    ("Q: hi A:", "</s>"), ("ends</s>", "goes on"), ("ends</s>", ""), ("x", " "), ("x ", " y"), ("", "all of it"),
]
STREAMS = [
    ("Answer:", " 42 👋🏽 end"), ("Answer:", "42"), ("日本", "語と中文"), ("", "the answer"), ("say", " naïve\n résumé 👩‍👩‍👧"),
    ("the", " quick</s> brown"), ("x", "  two  spaces"), ("👋", "🏽 é"),
]


def special(trainer, **more):
    return trainer(vocab_size=340, special_tokens=[UNK, BOS, EOS], show_progress=False, **more)


def trained(model, trainer, normalizer=None, pre=None, decoder=None):
    tokenizer = Tokenizer(model)
    if normalizer:
        tokenizer.normalizer = normalizer
    if pre:
        tokenizer.pre_tokenizer = pre
    tokenizer.decoder = decoder
    tokenizer.train_from_iterator(CORPUS, trainer)
    return tokenizer


def with_bytes(tokenizer):
    """Byte fallback needs a token a byte; training makes none."""
    rules = json.loads(tokenizer.to_str())
    vocabulary = rules["model"]["vocab"]
    for byte in range(256):
        vocabulary.setdefault(f"<0x{byte:02X}>", len(vocabulary))
    rules["model"].update(byte_fallback=True, fuse_unk=True, unk_token=UNK)
    return Tokenizer.from_str(json.dumps(rules))


def byte_level(prefix_space):
    return trained(
        models.BPE(), special(trainers.BpeTrainer, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()),
        pre=pre_tokenizers.ByteLevel(add_prefix_space=prefix_space), decoder=decoders.ByteLevel())


def older_sentencepiece():
    pieces = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    return with_bytes(trained(
        models.BPE(unk_token=UNK), special(trainers.BpeTrainer),
        normalizer=normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]),
        pre=pre_tokenizers.Split(Regex("(?=▁)"), "isolated"), decoder=decoders.Sequence(pieces)))


def newer_sentencepiece():
    pieces = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    return with_bytes(trained(
        models.BPE(unk_token=UNK), special(trainers.BpeTrainer),
        pre=pre_tokenizers.Metaspace(prepend_scheme="first", split=True), decoder=decoders.Sequence(pieces)))


def unigram():
    return trained(
        models.Unigram(), special(trainers.UnigramTrainer, unk_token=UNK),
        normalizer=normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]),
        pre=pre_tokenizers.Metaspace(), decoder=decoders.Metaspace())


def wordpiece():
    return trained(
        models.WordPiece(unk_token=UNK), special(trainers.WordPieceTrainer),
        normalizer=normalizers.BertNormalizer(lowercase=False), pre=pre_tokenizers.BertPreTokenizer(),
        decoder=decoders.WordPiece())


def template(bos, eos):
    text = (f"{BOS} " if bos else "") + "$A" + (f" {EOS}" if eos else "")
    return processors.TemplateProcessing(single=text, special_tokens=[(BOS, 1), (EOS, 2)])


def reference(tokenizer, prompt, response):
    """The joined text, split before the token that transformers finds at the response's first character; one EOS at the end."""
    joined = tokenizer(prompt + response, return_special_tokens_mask=True)
    ids, mask = joined["input_ids"], joined["special_tokens_mask"]
    found = [joined.char_to_token(place) for place in range(len(prompt), len(prompt + response))]
    end = max((i + 1 for i, added in enumerate(mask) if not added), default=0)
    split = min((i for i in found if i is not None), default=end)
    if split == 0:
        alone = tokenizer(prompt)
        ids = [i for i in alone["input_ids"]]
        split = len(ids)
        ids += tokenizer(response, add_special_tokens=False)["input_ids"]
        end = len(ids)
    ids = ids[:end]
    while len(ids) > split and ids[-1] == tokenizer.eos_token_id:
        ids.pop()
    return {"prompt": prompt, "response": response, "tokens": ids + [tokenizer.eos_token_id], "split": split}


def text_case(tokenizer, text):
    special_ids = tokenizer(text)["input_ids"]
    plain = tokenizer(text, add_special_tokens=False)["input_ids"]
    return {
        "text": text, "plain": plain, "special": special_ids, "decoded": tokenizer.decode(plain, skip_special_tokens=True),
        "decoded_special": tokenizer.decode(special_ids),
    }


def stream_case(tokenizer, before, after):
    start = tokenizer(before)["input_ids"] if before else []
    if before and start[-1] == tokenizer.eos_token_id:
        start = start[:-1]
    tokens = tokenizer(before + after, add_special_tokens=False)["input_ids"]
    tokens = tokens[len(tokenizer(before, add_special_tokens=False)["input_ids"]):]
    stream = DecodeStream(ids=start, skip_special_tokens=True)
    pieces = [stream.step(tokenizer._tokenizer, token) or "" for token in tokens]
    return {"before": start, "tokens": tokens, "pieces": pieces}


def opened(backend, config):
    with tempfile.TemporaryDirectory() as folder:
        backend.save(f"{folder}/tokenizer.json")
        Path(folder, "tokenizer_config.json").write_text(json.dumps(config))
        return AutoTokenizer.from_pretrained(folder)


def main():
    kinds = {
        "byte-level": byte_level(False), "byte-level-prefix": byte_level(True), "sentencepiece-older": older_sentencepiece(),
        "sentencepiece-newer": newer_sentencepiece(), "unigram": unigram(), "wordpiece": wordpiece(),
    }
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast", "bos_token": BOS, "eos_token": EOS, "unk_token": UNK,
        "clean_up_tokenization_spaces": False,
    }
    golden = []
    for kind, backend in kinds.items():
        case = {"kind": kind, "rules": json.loads(backend.to_str()), "config": config, "around": []}
        for name, bos, eos in (("nothing", False, False), ("bos", True, False), ("both", True, True)):
            if name != "nothing":
                backend.post_processor = template(bos, eos)
            # What these two say counts for nothing beside a tokenizer.json: the values are what transformers does.
            tokenizer = opened(backend, {**config, "add_bos_token": not bos, "add_eos_token": not eos})
            case["around"].append({
                "name": name,
                "post_processor": json.loads(backend.to_str())["post_processor"],
                "texts": [text_case(tokenizer, text) for text in TEXTS],
                "examples": [reference(tokenizer, *pair) for pair in EXAMPLES if pair[0] or bos],
                "streams": [stream_case(tokenizer, *pair) for pair in STREAMS],
            })
        golden.append(case)
    OUT.write_text(json.dumps(golden, ensure_ascii=True, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
