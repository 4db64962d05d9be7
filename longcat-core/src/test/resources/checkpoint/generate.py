"""Writes the PyTorch files of this folder, which the tests read. Needs PyTorch 2; run by hand."""
import collections
import os
import zipfile

import torch

D=os.path.join(os.path.dirname(os.path.abspath(__file__)),'')
base=torch.arange(24,dtype=torch.float32)
d=collections.OrderedDict()
vals=[-2.0,0.0,0.5,1.0,3.0,100.0]
for n,t in dict(f64=torch.float64,f32=torch.float32,f16=torch.float16,bf16=torch.bfloat16).items():
    d[n]=torch.tensor(vals,dtype=t).reshape(2,3)
for n,t in dict(i64=torch.int64,i32=torch.int32,i16=torch.int16,i8=torch.int8,u8=torch.uint8).items():
    d[n]=torch.tensor([0,1,2,100,127,5],dtype=t).reshape(2,3)
d['bool']=torch.tensor([True,False,True])
d['matrix']=base.reshape(4,6)
d['transposed']=d['matrix'].t()
d['columns']=d['matrix'][:,1:5:2]
d['rows']=d['matrix'][1:3]
d['expanded']=torch.tensor([[1.],[2.]]).expand(2,3)
d['scalar']=torch.tensor(7.5)
d['empty']=torch.zeros(0,4)
d['same']=d['matrix']
d['parameter']=torch.nn.Parameter(torch.tensor([1.5,2.5]))
d['permuted']=torch.arange(24,dtype=torch.int16).reshape(2,3,4).permute(2,0,1)
d._metadata=collections.OrderedDict([('',dict(version=1))])
torch.save(d,D+'zip.pt')
torch.save(d,D+'legacy.pt',_use_new_zipfile_serialization=False)
torch.save(d,D+'legacy-protocol4.pt',_use_new_zipfile_serialization=False,pickle_protocol=4)
torch.save(d,D+'zip-protocol5.pt',pickle_protocol=5)
torch.save({'f8':torch.tensor([1.0,-448.0,0.0625]).to(torch.float8_e4m3fn)},D+'float8.pt')
torch.save({'epoch':3,'model':{'w':torch.ones(2)},'lr':0.1},D+'nested.pt')
torch.save({'optimizer':{'w':torch.zeros(2)},'state_dict':{'w':torch.ones(2)}},D+'nested-with-optimizer.pt')
torch.save({'a':{'w':torch.zeros(2)},'b':{'w':torch.ones(2)}},D+'ambiguous.pt')
class Evil:
    def __reduce__(self): return (os.system,('touch executed',))
torch.save({'w':torch.ones(2),'x':Evil()},D+'forbidden.pt')
torch.save({'w':torch.ones(2),'x':Evil()},D+'forbidden-legacy.pt',_use_new_zipfile_serialization=False)
torch.save(torch.nn.Linear(2,2),D+'module.pt')
torch.save({'w':torch.ones(2,dtype=torch.complex64)},D+'complex.pt')
z=torch.tensor([[1+2j,3-4j],[5+0.5j,-6+8j]],dtype=torch.complex64)
neg=z.conj().imag
d={'negated':neg,'plain':neg.resolve_neg().clone(),'negated64':z.to(torch.complex128).conj().imag}
torch.save(d,D+'negated.pt')
torch.save(d,D+'negated-legacy.pt',_use_new_zipfile_serialization=False)
torch.save({'c':z.conj(),'w':torch.ones(2)},D+'conjugated.pt')
# compressed and big-endian variants
def rezip(src,dst,comp,edit=lambda n,b:b):
    with zipfile.ZipFile(D+src) as i, zipfile.ZipFile(D+dst,'w',comp) as o:
        for n in i.namelist(): o.writestr(zipfile.ZipInfo(n,(1980,1,1,0,0,0)),edit(n,i.read(n)),comp)
rezip('nested.pt','compressed.pt',zipfile.ZIP_DEFLATED)
rezip('nested.pt','big-endian.pt',zipfile.ZIP_STORED,lambda n,b: b'big' if n.endswith('byteorder') else b)

table=torch.arange(256,dtype=torch.uint8).view(torch.float8_e4m3fn).float()
with open(D+'e4m3fn.txt','w') as out:
    out.write(''.join(f'{v!r}\n' for v in table.tolist()))
