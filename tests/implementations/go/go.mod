module guarded

go 1.19

require stallproof/kit v0.0.0

replace stallproof/kit => ../kits/go
